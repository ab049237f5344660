"use client";

import { setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { type Ref, type RefObject, useEffect, useImperativeHandle, useRef } from "react";
import { cn } from "#components/ui/cn.ts";
import { useNonce } from "#components/ui/nonce.tsx";
import { codeExtensions } from "./code-extensions.ts";
import type { CompletionContext } from "./complete.ts";
import { type Fault, wordAt } from "./faults.ts";
import { type CodeMode, insertPathAt } from "./insert-path.ts";

/** What others may do with an open field. */
export interface CodeFieldHandle {
  /** Puts a path at the cursor, inside of `{{ }}` where the mode wants them. */
  insertPath(path: string): void;
  focus(): void;
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
  /** What is wrong and where, to be underlined. Keep it the same object while it is the same. */
  faults?: readonly Fault[];
  ref?: Ref<CodeFieldHandle>;
  className?: string | undefined;
  id?: string;
  "aria-describedby"?: string | undefined;
  "aria-invalid"?: boolean | undefined;
}

const noFaults: readonly Fault[] = [];

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
    faults = noFaults,
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

  useFaults(view, faults, value);

  useHandle(ref, view, mode);

  return (
    <div
      ref={host}
      {...aria}
      className={cn(
        "in-data-path-drag:border-accent in-data-path-drag:border-dashed min-h-8 rounded-md border border-control bg-bg transition-colors hover:border-fg-subtle focus-within:border-accent focus-within:outline-2 focus-within:outline-accent/30 aria-invalid:border-danger",
        readOnly && "bg-subtle",
        className,
      )}
    />
  );
}

/** Underlines what is wrong; the editor is told after it holds the text the faults are about. */
function useFaults(view: RefObject<EditorView | null>, faults: readonly Fault[], value: string): void {
  useEffect(() => {
    const { current } = view;
    if (current === null || current.state.doc.toString() !== value) return;
    const diagnostics = faults.map(({ message, position }) => ({ ...wordAt(value, position), message, severity: "error" as const }));
    current.dispatch(setDiagnostics(current.state, diagnostics));
  }, [view, faults, value]);
}

function useHandle(ref: Ref<CodeFieldHandle> | undefined, view: RefObject<EditorView | null>, mode: CodeMode): void {
  useImperativeHandle(
    ref,
    () => ({
      insertPath: (path) => {
        const { current } = view;
        if (current !== null) insertPathAt(current, mode, path, current.state.selection.main);
      },
      focus: () => view.current?.focus(),
    }),
    [view, mode],
  );
}
