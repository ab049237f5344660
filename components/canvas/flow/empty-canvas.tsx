"use client";

import { Panel } from "@xyflow/react";
import { Kbd } from "#components/ui/kbd.tsx";
import { useEditor } from "../use-editor.ts";
import { FirstTriggers } from "./first-triggers.tsx";

/** What an empty workflow needs first. */
export function EmptyCanvas() {
  const empty = useEditor((state) => state.document.nodes.length === 0);
  const readOnly = useEditor((state) => state.readOnly);
  if (!empty) return null;
  return (
    <Panel position="top-center" className="!top-[28%] flex w-96 flex-col items-center rounded-md border bg-bg px-6 py-7 text-center">
      <p className="font-medium">{readOnly ? "This workflow is empty" : "Start with a trigger"}</p>
      <p className="mt-1 text-fg-muted">A trigger decides when the workflow runs. Everything else follows from it.</p>
      {readOnly ? null : (
        <>
          <FirstTriggers />
          <p className="mt-4 text-fg-subtle text-sm">
            or press <Kbd keys="/" /> to search all step types
          </p>
        </>
      )}
    </Panel>
  );
}
