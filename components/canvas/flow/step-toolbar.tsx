"use client";

import { CircleSlash, CopyPlus, MoreHorizontal, Play, Trash2 } from "lucide-react";
import { IconButton } from "#components/ui/button.tsx";
import { copyText } from "#components/ui/clipboard.ts";
import { Menu } from "#components/ui/menu.tsx";
import { keysInWords } from "#components/ui/shortcuts.ts";
import type { WorkflowNode } from "#lib/graph/document.ts";
import { deleteSelection, duplicateSelection, toggleSelectionDisabled } from "../editor-actions.ts";
import { partRefusal } from "../run/partial-run.ts";
import { useRunHandle } from "../run/run-context.ts";
import { useEditor, useEditorStore } from "../use-editor.ts";
import { usePanel } from "../use-panel.ts";
import { stepMenu } from "./step-menu.ts";

/** What is done to a step most, above it while the pointer is on it or it is the one selected. */
export function StepToolbar({ node }: { node: WorkflowNode }) {
  const store = useEditorStore();
  const run = useRunHandle();
  const panel = usePanel();
  const refusal = useEditor(({ document, testedItems: items }) =>
    partRefusal({ document, nodeId: node.id, scope: "to", run: run.view, items }),
  );
  const onStep = (act: () => void) => () => {
    if (!store.getState().selection.nodeIds.includes(node.id)) store.getState().select({ nodeIds: [node.id] });
    act();
  };
  const actions = {
    run,
    openSettings: (nodeId: string) => panel.open(nodeId),
    rename: (nodeId: string) => store.getState().set({ renaming: nodeId }),
    copy: (text: string) => void copyText(text),
  };
  return (
    // The padding bridges the gap, so that the pointer does not leave the step on its way.
    <div className="nodrag nopan absolute right-0 bottom-full pb-1 in-data-far:hidden">
      <div role="toolbar" aria-label={`Actions of ${node.name}`} className="flex gap-0.5 rounded-md bg-float p-0.5 shadow-float">
        <IconButton
          tabIndex={-1}
          label="Run to here"
          shortcut={keysInWords("$mod+Shift+Enter")}
          icon={<Play aria-hidden />}
          disabledReason={refusal}
          onClick={() => run.startPart(node.id, "to")}
        />
        <IconButton
          tabIndex={-1}
          label={node.disabled ? "Enable" : "Disable"}
          shortcut="d"
          icon={<CircleSlash aria-hidden />}
          onClick={onStep(() => toggleSelectionDisabled(store))}
        />
        <IconButton
          tabIndex={-1}
          label="Duplicate"
          shortcut={keysInWords("$mod+d")}
          icon={<CopyPlus aria-hidden />}
          onClick={onStep(() => duplicateSelection(store))}
        />
        <IconButton
          tabIndex={-1}
          label="Delete and join its neighbours"
          shortcut="Del"
          icon={<Trash2 aria-hidden />}
          onClick={onStep(() => deleteSelection(store, { join: true }))}
        />
        <Menu
          entries={stepMenu(store, node.id, actions)}
          trigger={<IconButton tabIndex={-1} label="More" icon={<MoreHorizontal aria-hidden />} onClick={onStep(() => undefined)} />}
        />
      </div>
    </div>
  );
}
