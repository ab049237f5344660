"use client";

import { useMemo } from "react";
import type { JsonValue } from "#lib/shared/json.ts";
import { CopyButton } from "./copy-button.tsx";
import { formatBytes } from "./format.ts";
import { JsonView } from "./json-view.tsx";

function parse(text: string): JsonValue | undefined {
  try {
    const value: JsonValue = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

export interface BodyViewProps {
  text: string | null;
  label: string;
  /** Of the whole body, when the text may be only its beginning. */
  sizeBytes?: number;
}

/** The body of a request or an answer: as JSON when it is JSON, else as text. */
export function BodyView({ text, label, sizeBytes }: BodyViewProps) {
  const json = useMemo(() => (text ? parse(text) : undefined), [text]);
  if (text === null || text === "") return <p className="text-fg-subtle">No body.</p>;
  const cut = sizeBytes !== undefined && sizeBytes > new Blob([text]).size;
  return (
    <>
      {json === undefined ? (
        <div className="rounded-md border bg-subtle">
          <div className="flex h-8 items-center justify-between border-b pr-1 pl-3 text-fg-subtle text-sm">
            <span>Text</span>
            <CopyButton text={text} label={label} className="size-6" />
          </div>
          <pre className="wrap-anywhere max-h-80 overflow-auto whitespace-pre-wrap px-3 py-2 font-mono text-sm">{text}</pre>
        </div>
      ) : (
        <JsonView value={json} label={label} />
      )}
      {cut ? <p className="mt-1 text-fg-muted text-sm">Only the beginning was kept; the whole body had {formatBytes(sizeBytes)}.</p> : null}
    </>
  );
}
