"use client";

import { Plug } from "lucide-react";
import { type RefObject, useEffect, useRef } from "react";
import { IconButton } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { focusStepSoon } from "../flow/focus-step.ts";
import { useEditor, useEditorStore } from "../use-editor.ts";
import type { CodeFieldHandle } from "./code-field.tsx";
import { firstOfPlug, type Plug as PlugState } from "./plug.ts";
import type { SampleScope } from "./sample-scope.ts";

interface PlugButtonProps {
  sample: SampleScope;
  /** Of the field. */
  label: string;
  handle: RefObject<CodeFieldHandle | null>;
}

/** Picks a value for a field by choosing a step on the canvas. Seen at the field at hand; on a phone there is no canvas. */
export function PlugButton({ sample, label, handle }: PlugButtonProps) {
  const store = useEditorStore();
  const own = useRef<PlugState["insertPath"] | null>(null);
  const on = useEditor(({ plug }) => plug !== null && plug.insertPath === own.current);
  // Without its field there is nowhere to put a value.
  useEffect(() => {
    return () => {
      const { plug, set } = store.getState();
      if (plug !== null && plug.insertPath === own.current) set({ plug: null });
    };
  }, [store]);
  const start = () => {
    const { document, set } = store.getState();
    const { nodeId } = sample;
    own.current = (path) => handle.current?.insertPath(path);
    const first = firstOfPlug(document, sample);
    const focus = () => handle.current?.focus();
    set({ plug: { nodeId, label, sample, openId: null, refusedId: null, insertPath: own.current, focus }, activeNodeId: first });
    focusStepSoon(first);
  };
  return (
    <IconButton
      label="Pick from a step on the canvas"
      icon={<Plug aria-hidden />}
      aria-pressed={on}
      className={cn(
        "size-6 opacity-0 focus-visible:opacity-100 group-focus-within:opacity-100 group-hover:opacity-100 max-md:hidden",
        on && "bg-accent-tint text-accent-text opacity-100",
      )}
      onClick={start}
    />
  );
}
