"use client";

import type { NodeProps } from "@xyflow/react";
import { Repeat } from "lucide-react";
import { memo } from "react";
import { nodeOf } from "../document-index.ts";
import { frameHead, loopsOf } from "../frames.ts";
import { useEditor, useEditorStore } from "../use-editor.ts";
import type { FrameFlowNode } from "./flow-elements.ts";

/** What a loop runs for each item, as a frame behind its steps. Its label selects them, so that they can be moved as one. */
export const FrameNode = memo(function FrameNode({ data: { frame } }: NodeProps<FrameFlowNode>) {
  const store = useEditorStore();
  const name = useEditor((state) => nodeOf(state.document, frame.loopId)?.name ?? frame.loopId);
  const tested = useEditor((state) => state.testedItems[frame.loopId]);
  const selectBody = () => {
    const { document, select } = store.getState();
    select({ nodeIds: [...(loopsOf(document).bodies.get(frame.loopId)?.all ?? [])] });
  };
  return (
    <div
      data-frame={frame.loopId}
      className="pointer-events-none size-full rounded-lg border border-edge border-dashed bg-[color-mix(in_srgb,var(--accent)_5%,transparent)]"
    >
      <button
        type="button"
        tabIndex={-1}
        aria-label={`${name}: ${frame.label}. Select its steps`}
        style={{ height: frameHead }}
        className="nodrag nopan pointer-events-auto flex max-w-full items-center gap-1.5 px-2.5 text-fg-muted text-xs hover:text-fg"
        onClick={selectBody}
      >
        <Repeat aria-hidden className="size-3 shrink-0" />
        <span className="truncate">{frame.label}</span>
        {tested === undefined ? null : <span className="shrink-0 text-accent-text">· tests take item {tested}</span>}
      </button>
    </div>
  );
});
