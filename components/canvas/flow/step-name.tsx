"use client";

import { useEffect, useRef } from "react";
import type { WorkflowNode } from "#lib/graph/document.ts";
import { renameNode } from "../commands/edit-node.ts";
import { useEditor, useEditorStore } from "../use-editor.ts";
import { focusStepSoon } from "./focus-step.ts";

/** The name of a node; a text field while it is being renamed. */
export function StepName({ node }: { node: WorkflowNode }) {
  const renaming = useEditor((state) => state.renaming === node.id);
  if (renaming) return <NameField node={node} />;
  return (
    <span
      className="block truncate font-medium leading-4.5 in-data-far:line-clamp-2 in-data-far:whitespace-normal in-data-far:text-2xl in-data-far:leading-7"
      title={node.name}
    >
      {node.name}
    </span>
  );
}

function NameField({ node }: { node: WorkflowNode }) {
  const store = useEditorStore();
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    input.current?.focus();
    input.current?.select();
  }, []);
  const end = (name: string | null) => {
    const { apply, set } = store.getState();
    if (name !== null) apply("Rename", (document) => renameNode(document, node.id, name));
    set({ renaming: null });
    focusStepSoon(node.id);
  };
  return (
    <input
      ref={input}
      aria-label="Step name"
      defaultValue={node.name}
      maxLength={120}
      className="nodrag nopan -mx-1 block h-4.5 w-full rounded-sm bg-muted px-1 font-medium outline-none ring-1 ring-accent"
      onBlur={(event) => end(event.currentTarget.value)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Enter") end(event.currentTarget.value);
        if (event.key === "Escape") end(null);
      }}
    />
  );
}
