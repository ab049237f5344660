"use client";

import { useReactFlow } from "@xyflow/react";
import { ChevronDown, ChevronUp, Search, X } from "lucide-react";
import { type KeyboardEvent, useState } from "react";
import { IconButton } from "#components/ui/button.tsx";
import { findSteps } from "../find-steps.ts";
import { useDocument, useEditorStore } from "../use-editor.ts";
import { keepInView } from "./keep-in-view.ts";
import { goToStep } from "./use-canvas-keys.ts";

/** Finds steps by name, type or any setting; each Enter goes to the next. */
export function FindBar({ onClose }: { onClose: () => void }) {
  const store = useEditorStore();
  const flow = useReactFlow();
  const document = useDocument();
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const found = findSteps(document, query);
  const place = found.length === 0 ? 0 : ((at % found.length) + found.length) % found.length;
  const show = (ids: string[], index: number) => {
    const id = ids[index];
    if (id === undefined) return;
    store.getState().select({ nodeIds: [id] });
    store.getState().set({ activeNodeId: id });
    keepInView(flow, store, id);
  };
  const go = (by: number) => {
    if (found.length === 0) return;
    const next = (place + by + found.length) % found.length;
    setAt(next);
    show(found, next);
  };
  const close = () => {
    onClose();
    const id = found[place];
    if (id !== undefined) goToStep(store, id);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter") go(event.shiftKey ? -1 : 1);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <search className="flex items-center gap-1 rounded-md bg-float p-1 shadow-float">
      <Search aria-hidden className="ml-1.5 size-4 shrink-0 text-fg-subtle" />
      <input
        // biome-ignore lint/a11y/noAutofocus: whoever asks to find something wants to type it
        autoFocus
        aria-label="Find a step"
        placeholder="Name, type or setting"
        className="h-7 w-44 bg-transparent px-1 outline-none placeholder:text-fg-subtle"
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setAt(0);
          show(findSteps(document, event.target.value), 0);
        }}
        onKeyDown={onKeyDown}
      />
      <span role="status" className="whitespace-nowrap px-1 text-fg-muted text-sm tabular-nums">
        {query.trim() === "" ? "" : found.length === 0 ? "None" : `${place + 1} of ${found.length}`}
      </span>
      <IconButton label="Previous" shortcut="Shift Enter" icon={<ChevronUp aria-hidden />} onClick={() => go(-1)} />
      <IconButton label="Next" shortcut="Enter" icon={<ChevronDown aria-hidden />} onClick={() => go(1)} />
      <IconButton label="Close" shortcut="Esc" icon={<X aria-hidden />} onClick={close} />
    </search>
  );
}
