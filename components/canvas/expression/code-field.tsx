"use client";

import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { type Ref, useEffect, useImperativeHandle, useRef } from "react";
import { cn } from "#components/ui/cn.ts";
import { useNonce } from "#components/ui/nonce.tsx";
import { type CodeMode, codeExtensions } from "./code-extensions.ts";
import type { CompletionContext } from "./complete.ts";

/** What others may do with an open field. */
export interface CodeFieldHandle {
  /** Puts a path at the cursor, inside of `{{ }}` where the mode wants them. */
  insertPath(path: string): void;
}

export interface CodeFieldProps {
  value: string;
  onValueChange: (text: string) => void;
  mode: CodeMode;
  label: string;
  multiline?: boolean;
  placeholder?: string;
  readOnly?: boolean;
  completion?: CompletionContext | null;
  ref?: Ref<CodeFieldHandle>;
  className?: string | undefined;
  id?: string;
  "aria-describedby"?: string | undefined;
  "aria-invalid"?: boolean | undefined;
}

/** A field for texts with `{{ }}`, for expressions, or for JSON, with completion from sample data. */
export function CodeField(props: CodeFieldProps) {
  const {
    value,
    onValueChange,
    mode,
    label,
    multiline = false,
    placeholder = "",
    readOnly = false,
    completion = null,
    ref,
    className,
    ...aria
  } = props;
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const latest = useRef({ onValueChange, completion });
  latest.current = { onValueChange, completion };
  const text = useRef(value);
  const nonce = useNonce();

  useEffect(() => {
    if (host.current === null) return;
    const extensions = codeExtensions({
      mode,
      multiline,
      label,
      placeholder,
      readOnly,
      nonce,
      completion: () => latest.current.completion,
      onChange: (next) => {
        text.current = next;
        latest.current.onValueChange(next);
      },
    });
    const made = new EditorView({ parent: host.current, state: EditorState.create({ doc: text.current, extensions }) });
    view.current = made;
    return () => {
      made.destroy();
      view.current = null;
    };
  }, [mode, multiline, label, placeholder, readOnly, nonce]);

  // A value from outside (undo, another tab of the panel) replaces what is shown; the echo of typing does not.
  useEffect(() => {
    const current = view.current;
    if (current === null || value === text.current) return;
    text.current = value;
    current.dispatch({ changes: { from: 0, to: current.state.doc.length, insert: value } });
  }, [value]);

  useImperativeHandle(ref, () => ({ insertPath: (path) => insertPath(view.current, mode, path) }), [mode]);

  return (
    <div
      ref={host}
      {...aria}
      className={cn(
        "min-h-8 rounded-md border border-control bg-bg transition-colors hover:border-fg-subtle focus-within:border-accent focus-within:outline-2 focus-within:outline-accent/30 aria-invalid:border-danger",
        readOnly && "bg-subtle",
        className,
      )}
    />
  );
}

function insertPath(view: EditorView | null, mode: CodeMode, path: string): void {
  if (view === null) return;
  const { from, to } = view.state.selection.main;
  const bare = mode === "cel" || isInsideHole(view.state.sliceDoc(0, from));
  const insert = bare ? path : mode === "json" && !isInsideString(view.state.sliceDoc(0, from)) ? `"{{ ${path} }}"` : `{{ ${path} }}`;
  view.dispatch({ changes: { from, to, insert }, selection: { anchor: from + insert.length } });
  view.focus();
}

function isInsideHole(before: string): boolean {
  return before.lastIndexOf("{{") > before.lastIndexOf("}}");
}

function isInsideString(before: string): boolean {
  const quotes = before.replaceAll(/\\./g, "").match(/"/g) ?? [];
  return quotes.length % 2 === 1;
}
