"use client";

import { Suspense } from "react";
import { cn } from "./cn.ts";
import type { JsonTextEditorProps } from "./json-text-editor.tsx";
import { lazyPart } from "./lazy.tsx";

const JsonTextEditor = lazyPart(async () => (await import("./json-text-editor.tsx")).JsonTextEditor);

/** JSON as text, with line numbers, folding and errors where they are. The editor's code comes when it is shown. */
export function JsonEditor(props: JsonTextEditorProps) {
  return (
    <Suspense fallback={<div className={cn("rounded-md border border-control", props.className)} />}>
      <JsonTextEditor {...props} />
    </Suspense>
  );
}
