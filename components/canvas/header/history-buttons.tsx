"use client";

import { Redo2, Undo2 } from "lucide-react";
import { IconButton } from "#components/ui/button.tsx";
import { keysInWords } from "#components/ui/shortcuts.ts";
import { redo, undo } from "../flow/use-canvas-keys.ts";
import { useEditor, useEditorStore } from "../use-editor.ts";

/** Undo and redo, each with the name of the edit. */
export function HistoryButtons() {
  const store = useEditorStore();
  const back = useEditor((state) => state.history.past.at(-1)?.label ?? null);
  const forward = useEditor((state) => state.history.future[0]?.label ?? null);
  return (
    <>
      <IconButton
        label={back === null ? "Undo" : `Undo: ${back}`}
        shortcut={keysInWords("$mod+z")}
        icon={<Undo2 aria-hidden />}
        disabledReason={back === null ? "Nothing to undo" : null}
        onClick={() => undo(store)}
      />
      <IconButton
        label={forward === null ? "Redo" : `Redo: ${forward}`}
        shortcut={keysInWords("$mod+Shift+z")}
        icon={<Redo2 aria-hidden />}
        disabledReason={forward === null ? "Nothing to redo" : null}
        onClick={() => redo(store)}
      />
    </>
  );
}
