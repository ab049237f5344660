"use client";

import { Panel, useReactFlow, useStore, useStoreApi } from "@xyflow/react";
import { AlignHorizontalDistributeCenter, Locate, Map as MapIcon, Maximize, Minus, Plus } from "lucide-react";
import { IconButton } from "#components/ui/button.tsx";
import { tidyUp } from "../editor-actions.ts";
import { useEditor, useEditorStore } from "../use-editor.ts";
import { glideMs } from "./glide.ts";

export const fitOptions = {
  padding: 0.12,
  maxZoom: 1,
  get duration() {
    return glideMs(150);
  },
};

/** Zoom, fit, tidy and minimap, at the lower left. */
export function CanvasControls({ minimap, onMinimapChange }: { minimap: boolean; onMinimapChange: (shown: boolean) => void }) {
  const flow = useReactFlow();
  const store = useEditorStore();
  const readOnly = useEditor((state) => state.readOnly);
  const percent = useStore((state) => Math.round(state.transform[2] * 100));
  return (
    <Panel position="bottom-left" className="!m-3 flex items-center gap-0.5 rounded-md bg-float p-0.5 shadow-float">
      <IconButton
        label="Zoom out"
        shortcut="-"
        icon={<Minus aria-hidden />}
        onClick={() => void flow.zoomOut({ duration: glideMs(100) })}
      />
      <button
        type="button"
        aria-label={`Zoom ${percent} %, reset to 100 %`}
        className="h-7 w-11 rounded-md text-fg-muted text-sm tabular-nums hover:bg-hover hover:text-fg"
        onClick={() => void flow.zoomTo(1, { duration: glideMs(100) })}
      >
        {percent} %
      </button>
      <IconButton label="Zoom in" shortcut="+" icon={<Plus aria-hidden />} onClick={() => void flow.zoomIn({ duration: glideMs(100) })} />
      <IconButton label="Fit everything" shortcut="1" icon={<Maximize aria-hidden />} onClick={() => void flow.fitView(fitOptions)} />
      <span aria-hidden className="mx-0.5 h-4 w-px bg-line" />
      <IconButton
        label="Tidy up"
        shortcut="Shift 1"
        disabledReason={readOnly ? "This version cannot be edited" : null}
        icon={<AlignHorizontalDistributeCenter aria-hidden />}
        onClick={() => tidyUp(store)}
      />
      <IconButton
        label={minimap ? "Hide the minimap" : "Show the minimap"}
        aria-pressed={minimap}
        icon={<MapIcon aria-hidden />}
        onClick={() => onMinimapChange(!minimap)}
      />
    </Panel>
  );
}

/** Offers the way back when everything is off screen. */
export function BackToContent() {
  const api = useStoreApi();
  const flow = useReactFlow();
  const lost = useStore((state) => {
    if (state.nodes.length === 0 || state.width === 0) return false;
    const [x, y, zoom] = state.transform;
    return ![...api.getState().nodeLookup.values()].some((node) => {
      const { x: left, y: top } = node.internals.positionAbsolute;
      const right = (left + (node.measured.width ?? 0)) * zoom + x;
      const bottom = (top + (node.measured.height ?? 0)) * zoom + y;
      return right > 0 && bottom > 0 && left * zoom + x < state.width && top * zoom + y < state.height;
    });
  });
  if (!lost) return null;
  return (
    <Panel position="bottom-center">
      <button
        type="button"
        className="flex h-8 items-center gap-1.5 rounded-md bg-float px-3 font-medium shadow-float hover:bg-hover"
        onClick={() => void flow.fitView(fitOptions)}
      >
        <Locate aria-hidden className="size-4 text-fg-subtle" />
        Back to the steps
      </button>
    </Panel>
  );
}
