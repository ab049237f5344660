"use client";

import { type NodeProps, NodeResizer } from "@xyflow/react";
import { Palette, Trash2 } from "lucide-react";
import { type KeyboardEvent, type MouseEvent, memo, useEffect, useState } from "react";
import { IconButton } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { announce } from "#components/ui/live-region.ts";
import { Markdown } from "#components/ui/markdown.tsx";
import { type NoteColour, noteColours, type StickyNote } from "#lib/graph/document.ts";
import { deleteNote, editNote } from "../commands/sticky-notes.ts";
import { gridSize, snap } from "../geometry.ts";
import { useEditor, useEditorStore } from "../use-editor.ts";
import type { NoteFlowNode } from "./flow-elements.ts";

const colours: Record<NoteColour, string> = {
  grey: "bg-muted",
  yellow: "bg-retrying-tint dark:bg-retrying-tint/50",
  green: "bg-succeeded-tint dark:bg-succeeded-tint/50",
  blue: "bg-running-tint dark:bg-running-tint/50",
  pink: "bg-canary-tint dark:bg-canary-tint/50",
};

const nudges: Record<string, { x: number; y: number }> = {
  ArrowLeft: { x: -gridSize, y: 0 },
  ArrowRight: { x: gridSize, y: 0 },
  ArrowUp: { x: 0, y: -gridSize },
  ArrowDown: { x: 0, y: gridSize },
};

let opensAtOnce: string | null = null;

/** A note that is about to be drawn is open for typing at once. */
export function openWhenDrawn(noteId: string): void {
  opensAtOnce = noteId;
}

/** A note beside the steps: click to type, drag to move, corner to resize; with the keyboard Enter, Shift and arrows, Delete. */
export const NoteNode = memo(function NoteNode({ data: { note } }: NodeProps<NoteFlowNode>) {
  const store = useEditorStore();
  const readOnly = useEditor((state) => state.readOnly);
  const [typing, setTyping] = useState(() => opensAtOnce === note.id);
  // Only the first time: a note that redo brings back must not take the keyboard.
  useEffect(() => {
    if (opensAtOnce === note.id) opensAtOnce = null;
  }, [note.id]);
  const edit = (label: string, change: Partial<StickyNote>, burstKey?: string) =>
    store.getState().apply(label, (document) => editNote(document, note.id, change), burstKey === undefined ? {} : { burstKey });
  const remove = () => {
    store.getState().apply("Delete note", (document) => deleteNote(document, note.id));
    announce("Note deleted");
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (typing || readOnly || event.target !== event.currentTarget) return;
    const by = event.shiftKey ? nudges[event.key] : undefined;
    if (by !== undefined) edit("Move note", { position: { x: note.position.x + by.x, y: note.position.y + by.y } }, `nudge ${note.id}`);
    else if (event.key === "Enter") setTyping(true);
    else if (event.key === "Delete" || event.key === "Backspace") remove();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a note is a group of controls on a canvas, not a fieldset
    <div
      role="group"
      aria-label={`Note: ${note.text.slice(0, 80) || "empty"}`}
      data-note={note.id}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the note itself is what keys move and delete
      tabIndex={0}
      onKeyDown={onKeyDown}
      className={cn("group/note relative flex size-full flex-col rounded-md border text-fg", colours[note.colour])}
    >
      {readOnly ? null : (
        <NodeResizer
          minWidth={120}
          minHeight={80}
          lineClassName="!border-transparent"
          handleClassName="!size-2 !rounded-sm !border-edge !bg-float opacity-0 group-hover/note:opacity-100 group-focus-within/note:opacity-100"
          onResizeEnd={(_event, { x, y, width, height }) =>
            edit("Resize note", { position: { x: snap(x), y: snap(y) }, width: snap(width), height: snap(height) })
          }
        />
      )}
      <NoteText
        note={note}
        typing={typing}
        readOnly={readOnly}
        onTyping={setTyping}
        onChange={(text) => edit("Type in note", { text }, `note ${note.id}`)}
      />
      {readOnly ? null : (
        <span className="absolute -top-8 right-0 hidden gap-0.5 rounded-md bg-float p-0.5 shadow-float group-focus-within/note:flex group-hover/note:flex">
          <IconButton
            label={`Colour: ${note.colour}`}
            icon={<Palette aria-hidden />}
            onClick={() =>
              edit("Colour note", { colour: noteColours[(noteColours.indexOf(note.colour) + 1) % noteColours.length] ?? "grey" })
            }
          />
          <IconButton label="Delete note" icon={<Trash2 aria-hidden />} onClick={remove} />
        </span>
      )}
    </div>
  );
});

interface NoteTextProps {
  note: StickyNote;
  typing: boolean;
  readOnly: boolean;
  onTyping: (typing: boolean) => void;
  onChange: (text: string) => void;
}

function NoteText({ note, typing, readOnly, onTyping, onChange }: NoteTextProps) {
  if (typing) {
    return (
      <textarea
        // biome-ignore lint/a11y/noAutofocus: whoever opens a note wants to type into it
        autoFocus
        aria-label="Text of the note"
        className="nodrag nowheel size-full resize-none rounded-md bg-transparent p-3 outline-none"
        value={note.text}
        maxLength={5_000}
        onChange={(event) => onChange(event.target.value)}
        onBlur={() => onTyping(false)}
        onKeyDown={(event) => {
          event.stopPropagation();
          if (event.key === "Escape") onTyping(false);
        }}
      />
    );
  }
  const open = (event: MouseEvent) => {
    if (!readOnly && !(event.target instanceof Element && event.target.closest("a"))) onTyping(true);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the note around it takes the keyboard, and opens on Enter
    // biome-ignore lint/a11y/useKeyWithClickEvents: see above
    <div className="nowheel min-h-0 w-full flex-1 cursor-text overflow-y-auto p-3" onClick={open}>
      {note.text === "" ? <p className="text-fg-subtle">Type a note…</p> : <Markdown text={note.text} />}
    </div>
  );
}
