"use client";

import { Pencil, Pin } from "lucide-react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { JsonEditor } from "#components/ui/json-editor.tsx";
import { JsonView } from "#components/ui/json-view.tsx";
import { announce } from "#components/ui/live-region.ts";
import { Select } from "#components/ui/select.tsx";
import type { Pin as PinnedOutput, WorkflowNode } from "#lib/graph/document.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import { pinOf, setPin } from "../commands/pins.ts";
import { unpin } from "../editor-actions.ts";
import { readJsonText } from "../form/json-text.ts";
import { portsOf } from "../node-ports.ts";
import { useEditor, useEditorStore } from "../use-editor.ts";

interface PinnedProps {
  node: WorkflowNode;
  /** What an output that is pinned by hand starts from. */
  start: JsonValue;
  /** A new pin is being written. */
  writing: boolean;
  onWritten: () => void;
}

/** What the step gives in tests instead of running: shown, edited, or written anew. */
export function Pinned({ node, start, writing, onWritten }: PinnedProps) {
  const store = useEditorStore();
  const pin = useEditor((state) => pinOf(state.document, node.id));
  const readOnly = useEditor((state) => state.readOnly);
  const [editing, setEditing] = useState(false);
  const isOpen = editing || writing;
  const close = () => {
    setEditing(false);
    onWritten();
  };
  const save = (next: PinnedOutput) => {
    store.getState().apply(pin === undefined ? "Pin output" : "Edit pinned output", (document) => setPin(document, node.id, next));
    announce("Output pinned for tests");
    close();
  };
  if (pin === undefined && !writing) return null;
  return (
    <section aria-label="Pinned output" className="rounded-md border border-waiting/40 p-3">
      <div className="mb-2 flex items-start justify-between gap-3">
        <p className="text-sm">
          <span className="flex items-center gap-1.5 font-medium">
            <Pin aria-hidden className="size-3.5 text-waiting" />
            {pin === undefined ? "Pin an output for tests" : "Pinned for tests"}
            {pin !== undefined && pin.port !== "out" ? <span className="font-normal text-fg-muted">on “{pin.port}”</span> : null}
          </span>
          <span className="text-fg-muted">Tests take this output and do not run the step. Live runs do not look at it.</span>
        </p>
        {isOpen ? null : (
          <span className="flex shrink-0 gap-1.5">
            <Button
              size="sm"
              icon={<Pencil aria-hidden />}
              disabledReason={readOnly ? "This workflow cannot be edited" : null}
              onClick={() => setEditing(true)}
            >
              Edit
            </Button>
            <Button size="sm" disabledReason={readOnly ? "This workflow cannot be edited" : null} onClick={() => unpin(store, node.id)}>
              Unpin
            </Button>
          </span>
        )}
      </div>
      {isOpen ? (
        <PinEditor node={node} pin={pin ?? { output: start, port: "out" }} onSave={save} onCancel={close} />
      ) : (
        <JsonView value={pin?.output ?? null} label="pinned output" />
      )}
    </section>
  );
}

interface PinEditorProps {
  node: WorkflowNode;
  pin: PinnedOutput;
  onSave: (pin: PinnedOutput) => void;
  onCancel: () => void;
}

function PinEditor({ node, pin, onSave, onCancel }: PinEditorProps) {
  const [text, setText] = useState(() => JSON.stringify(pin.output, null, 2));
  const [port, setPort] = useState(pin.port);
  const ports = portsOf(node).map(({ name, label }) => ({ value: name, label: label || name }));
  const parsed = readJsonText(text);
  const fault = parsed.ok ? (parsed.value === undefined ? "Write the output first; null is one, too" : null) : parsed.message;
  const submit = () => {
    if (parsed.ok && parsed.value !== undefined) onSave({ output: parsed.value, port });
  };
  return (
    <div className="flex flex-col gap-2">
      {ports.length > 1 ? (
        <Field label="Leaves by">
          <Select
            options={ports}
            value={ports.some(({ value }) => value === port) ? port : null}
            onValueChange={setPort}
            size="sm"
            className="max-w-56"
          />
        </Field>
      ) : null}
      <JsonEditor label="Pinned output" value={text} onValueChange={setText} className="h-48" aria-invalid={fault !== null} />
      {fault === null ? null : (
        <p role="alert" className="text-danger text-sm">
          {fault}
        </p>
      )}
      <div className="flex justify-end gap-1.5">
        <Button size="sm" variant="ghost" onClick={onCancel}>
          Cancel
        </Button>
        <Button size="sm" variant="primary" disabledReason={fault} onClick={submit}>
          Pin it
        </Button>
      </div>
    </div>
  );
}
