"use client";

import { Download } from "lucide-react";
import { useMemo, useState } from "react";
import { JsonView as Tree } from "react-json-view-lite";
import type { JsonValue } from "#lib/shared/json.ts";
import { IconButton } from "./button.tsx";
import { cn } from "./cn.ts";
import { CopyButton } from "./copy-button.tsx";
import { download } from "./download.ts";
import { formatBytes } from "./format.ts";
import { headChars, isTooBigForTree, shortenStrings } from "./json-size.ts";

export interface JsonViewProps {
  value: JsonValue;
  /** What it is: "input". Names the tree, the copy button and the file. */
  label: string;
  /** Levels that start open. */
  expand?: number;
  className?: string;
  /** Grows with its content instead of scrolling inside. */
  tall?: boolean;
}

const treeStyle = {
  container: "json-tree",
  basicChildStyle: "json-row",
  label: "text-fg-muted mr-1",
  clickableLabel: "text-fg-muted mr-1 cursor-default",
  nullValue: "text-fg-subtle",
  undefinedValue: "text-fg-subtle",
  numberValue: "text-running",
  stringValue: "text-succeeded wrap-anywhere",
  booleanValue: "text-waiting",
  otherValue: "text-fg",
  punctuation: "text-fg-subtle",
  expandIcon: "json-expand",
  collapseIcon: "json-collapse",
  collapsedContent: "json-collapsed",
  childFieldsContainer: "json-children",
  quotesForFieldNames: false,
  stringifyStringValues: true,
  ariaLables: { collapseJson: "Collapse", expandJson: "Expand" },
};

/** A JSON value: tree or raw text, with size, copy and download. What is too big for a tree is shown by its head. */
export function JsonView({ value, label, expand = 2, className, tall = false }: JsonViewProps) {
  const [raw, setRaw] = useState(false);
  const text = useMemo(() => JSON.stringify(value, null, 2) ?? "null", [value]);
  const tooBig = useMemo(() => isTooBigForTree(value, text), [value, text]);
  const bytes = useMemo(() => new Blob([text]).size, [text]);
  const isTree = !raw && !tooBig && typeof value === "object" && value !== null;
  return (
    <div className={cn("min-w-0 rounded-md border bg-subtle", className)}>
      <div className="flex h-8 items-center justify-between gap-2 border-b pr-1 pl-3 text-fg-subtle text-sm">
        <span className="tabular-nums">{formatBytes(bytes)}</span>
        <span className="flex items-center">
          {typeof value === "object" && value !== null && !tooBig ? (
            <button
              type="button"
              aria-pressed={raw}
              onClick={() => setRaw(!raw)}
              className="h-6 rounded px-1.5 hover:bg-hover hover:text-fg"
            >
              {raw ? "Tree" : "Raw"}
            </button>
          ) : null}
          <CopyButton text={text} label={label} className="size-6" />
          <IconButton
            label={`Download ${label}`}
            icon={<Download aria-hidden />}
            className="size-6"
            onClick={() => download(`${label}.json`, text)}
          />
        </span>
      </div>
      <div className={cn("overflow-auto px-3 py-2 font-mono text-sm leading-5", tall ? null : "max-h-96")}>
        {isTree ? <JsonTree value={value} label={label} expand={expand} /> : <RawText text={text} />}
      </div>
    </div>
  );
}

function JsonTree({ value, label, expand }: { value: JsonValue; label: string; expand: number }) {
  const shown = useMemo(() => shortenStrings(value), [value]);
  if (typeof shown !== "object" || shown === null) return null;
  return <Tree data={shown} style={treeStyle} shouldExpandNode={(level) => level < expand} clickToExpandNode aria-label={label} />;
}

function RawText({ text }: { text: string }) {
  const cut = text.length > headChars;
  return (
    <>
      <pre className="wrap-anywhere whitespace-pre-wrap">{cut ? text.slice(0, headChars) : text}</pre>
      {cut ? (
        <p className="mt-2 font-sans text-fg-muted">Only the first {formatBytes(headChars)} are shown. Download it to see the rest.</p>
      ) : null}
    </>
  );
}
