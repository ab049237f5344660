"use client";

import { Button } from "#components/ui/button.tsx";
import { addType } from "../editor-actions.ts";
import { NodeIcon } from "../node-icon.tsx";
import { allTypes } from "../palette/type-search.ts";
import { useEditorStore } from "../use-editor.ts";
import { goToStep } from "./use-canvas-keys.ts";

/** What an empty workflow can begin with: one click adds it. */
export function FirstTriggers({ onAdded }: { onAdded?: (nodeId: string) => void }) {
  const store = useEditorStore();
  return (
    <div className="mt-4 grid grid-cols-2 gap-2">
      {allTypes()
        .filter((definition) => definition.category === "trigger")
        .map((definition) => (
          <Button
            key={definition.type}
            icon={<NodeIcon type={definition.type} />}
            className="justify-start"
            onClick={() => {
              const nodeId = addType(store, definition, { position: { x: 0, y: 0 } });
              goToStep(store, nodeId);
              onAdded?.(nodeId);
            }}
          >
            {definition.title}
          </Button>
        ))}
    </div>
  );
}
