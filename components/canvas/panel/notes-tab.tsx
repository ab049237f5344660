"use client";

import { Field } from "#components/ui/field.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import type { WorkflowNode } from "#lib/graph/document.ts";
import { setNode } from "../commands/edit-node.ts";
import { useEditor, useEditorStore } from "../use-editor.ts";

/** The runbook: what a person reads in the inbox when this step has failed. */
export function NotesTab({ node }: { node: WorkflowNode }) {
  const store = useEditorStore();
  const readOnly = useEditor((state) => state.readOnly);
  const change = (notes: string) =>
    store.getState().apply(`Edit ${node.name}`, (document) => setNode(document, node.id, { notes }), { burstKey: `${node.id} notes` });
  return (
    <div className="p-4">
      <Field
        label="Runbook"
        help="Shown in the inbox beside each failed item of this step: what to check, whom to ask, when a repeat is safe. Markdown."
      >
        <Textarea rows={14} value={node.notes} readOnly={readOnly} maxLength={20_000} onChange={(event) => change(event.target.value)} />
      </Field>
    </div>
  );
}
