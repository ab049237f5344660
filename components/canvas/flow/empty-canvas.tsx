"use client";

import { Panel } from "@xyflow/react";
import { Button } from "#components/ui/button.tsx";
import { Kbd } from "#components/ui/kbd.tsx";
import { addType } from "../editor-actions.ts";
import { NodeIcon } from "../node-icon.tsx";
import { allTypes } from "../palette/type-search.ts";
import { useEditor, useEditorStore } from "../use-editor.ts";
import { goToStep } from "./use-canvas-keys.ts";

/** What an empty workflow needs first. */
export function EmptyCanvas() {
  const store = useEditorStore();
  const empty = useEditor((state) => state.document.nodes.length === 0);
  if (!empty) return null;
  const triggers = allTypes().filter((definition) => definition.category === "trigger");
  return (
    <Panel position="top-center" className="!top-[28%] flex w-96 flex-col items-center rounded-md border bg-bg px-6 py-7 text-center">
      <p className="font-medium">Start with a trigger</p>
      <p className="mt-1 text-fg-muted">It decides when the workflow runs. Everything else follows from it.</p>
      <div className="mt-4 flex flex-wrap justify-center gap-2">
        {triggers.map((definition) => (
          <Button
            key={definition.type}
            icon={<NodeIcon type={definition.type} />}
            onClick={() => goToStep(store, addType(store, definition, { position: { x: 0, y: 0 } }))}
          >
            {definition.title}
          </Button>
        ))}
      </div>
      <p className="mt-4 text-fg-subtle text-sm">
        or press <Kbd keys="/" /> to search all step types
      </p>
    </Panel>
  );
}
