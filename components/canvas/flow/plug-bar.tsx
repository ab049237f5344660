"use client";

import { Plug as PlugIcon } from "lucide-react";
import { Button } from "#components/ui/button.tsx";
import { announce } from "#components/ui/live-region.ts";
import { useShortcuts } from "#components/ui/shortcuts.ts";
import { nodeOf } from "../document-index.ts";
import { pathsFrom } from "../expression/plug.ts";
import type { EditorStore } from "../store.ts";
import { useEditor, useEditorStore } from "../use-editor.ts";

/** Opens the data of a step for the field that waits for a value; a step that it cannot see is told so. */
export function pickStep(store: EditorStore, nodeId: string): void {
  const { plug, document, set } = store.getState();
  if (plug === null) return;
  const seen = pathsFrom(document, nodeId, plug.nodeId).length > 0;
  set({ activeNodeId: nodeId, plug: { ...plug, openId: seen ? nodeId : null, refusedId: seen ? null : nodeId } });
  if (!seen) announce(refusal(nodeOf(document, nodeId)?.name ?? nodeId));
}

function refusal(name: string): string {
  return `${name} does not come before this field, so it has nothing to give it.`;
}

/** Ends picking; the field has the keyboard again. False when nothing was being picked. */
export function leavePlug(store: EditorStore): boolean {
  const { plug, set } = store.getState();
  if (plug === null) return false;
  set({ plug: null });
  // A panel that lies over the canvas is out of sight until it is drawn again.
  requestAnimationFrame(plug.focus);
  return true;
}

/** Says what the canvas is for while a field waits for a value. */
export function PlugBar({ label }: { label: string }) {
  const store = useEditorStore();
  const refused = useEditor(({ plug, document }) => (plug?.refusedId ? (nodeOf(document, plug.refusedId)?.name ?? null) : null));
  useShortcuts("Canvas", [{ keys: "Escape", label: "Leave picking", run: () => void leavePlug(store) }]);
  return (
    <section aria-label="Pick a value" className="mx-auto flex min-w-0 items-center gap-2 rounded-md bg-float p-1 pl-2.5 shadow-float">
      <PlugIcon aria-hidden className="size-3.5 shrink-0 text-accent-text" />
      <p role="status" className="min-w-0">
        {refused === null ? (
          <>
            Choose a step: a value of its data goes into <span className="font-medium">{label}</span>.
          </>
        ) : (
          <span className="text-danger">{refusal(refused)}</span>
        )}
      </p>
      <Button size="sm" variant="ghost" onClick={() => leavePlug(store)}>
        Cancel <span className="font-mono text-fg-subtle text-xs">Esc</span>
      </Button>
    </section>
  );
}
