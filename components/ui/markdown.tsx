"use client";

import { Suspense } from "react";
import { lazyPart } from "./lazy.tsx";
import type { MarkdownTextProps } from "./markdown-text.tsx";

const MarkdownText = lazyPart(async () => (await import("./markdown-text.tsx")).MarkdownText);

/** What people wrote as Markdown, as it is meant. Its code comes when it is shown; until then the text stands there as it was typed. */
export function Markdown(props: MarkdownTextProps) {
  return (
    <Suspense fallback={<p className="wrap-anywhere whitespace-pre-wrap">{props.text}</p>}>
      <MarkdownText {...props} />
    </Suspense>
  );
}
