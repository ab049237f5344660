"use client";

import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json, jsonParseLinter } from "@codemirror/lang-json";
import { bracketMatching, foldGutter, indentOnInput } from "@codemirror/language";
import { linter, lintGutter, lintKeymap } from "@codemirror/lint";
import { EditorState, type Extension } from "@codemirror/state";
import { drawSelection, EditorView, keymap, lineNumbers } from "@codemirror/view";
import { useEffect, useRef } from "react";
import { cn } from "./cn.ts";
import { codeTheme } from "./code-theme.ts";
import { useNonce } from "./nonce.tsx";

export interface JsonTextEditorProps {
  /** JSON text. A change from outside replaces what is in the editor. */
  value: string;
  onValueChange?: (text: string) => void;
  /** Accessible name. */
  label: string;
  readOnly?: boolean;
  className?: string;
  id?: string;
  "aria-describedby"?: string | undefined;
  "aria-invalid"?: boolean | undefined;
}

function extensionsOf(a: { label: string; readOnly: boolean; nonce: string | undefined; onChange: (text: string) => void }): Extension[] {
  return [
    ...(a.nonce ? [EditorView.cspNonce.of(a.nonce)] : []),
    lineNumbers(),
    foldGutter(),
    history(),
    drawSelection(),
    indentOnInput(),
    bracketMatching(),
    json(),
    // Tab leaves the editor, as everywhere on the page; Ctrl ] indents.
    keymap.of([...defaultKeymap, ...historyKeymap, ...lintKeymap]),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ "aria-label": a.label, tabindex: "0" }),
    EditorState.readOnly.of(a.readOnly),
    ...(a.readOnly ? [] : [linter(jsonParseLinter()), lintGutter()]),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) a.onChange(update.state.doc.toString());
    }),
    codeTheme,
  ];
}

/** JSON as text, with line numbers, folding and errors where they are. */
export function JsonTextEditor({ value, onValueChange, label, readOnly = false, className, id, ...aria }: JsonTextEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const onChange = useRef(onValueChange);
  const initial = useRef(value);
  const nonce = useNonce();
  onChange.current = onValueChange;

  useEffect(() => {
    if (!host.current) return;
    const extensions = extensionsOf({ label, readOnly, nonce, onChange: (text) => onChange.current?.(text) });
    const made = new EditorView({ parent: host.current, state: EditorState.create({ doc: initial.current, extensions }) });
    view.current = made;
    return () => {
      initial.current = made.state.doc.toString();
      made.destroy();
      view.current = null;
    };
  }, [label, readOnly, nonce]);

  useEffect(() => {
    const current = view.current;
    if (!current || current.state.doc.toString() === value) return;
    current.dispatch({ changes: { from: 0, to: current.state.doc.length, insert: value } });
  }, [value]);

  return (
    <div
      ref={host}
      id={id}
      {...aria}
      className={cn(
        "h-64 overflow-hidden rounded-md border border-control focus-within:border-accent aria-invalid:border-danger",
        readOnly && "[--bg:var(--bg-subtle)]",
        className,
      )}
    />
  );
}
