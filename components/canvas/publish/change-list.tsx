"use client";

import { Minus, Pencil, Plus } from "lucide-react";
import { cn } from "#components/ui/cn.ts";
import { plural } from "#components/ui/format.ts";
import type { DocumentDiff, FieldChange, NodeChange } from "#lib/graph/diff.ts";
import type { WorkflowDocument } from "#lib/graph/document.ts";
import { nodeOf } from "../document-index.ts";
import { NodeIcon } from "../node-icon.tsx";
import { oneLine } from "../one-line.ts";

const kinds = {
  added: { icon: Plus, word: "added", tone: "text-succeeded" },
  removed: { icon: Minus, word: "removed", tone: "text-failed" },
  changed: { icon: Pencil, word: "changed", tone: "text-retrying" },
} as const;

interface ChangeListProps {
  diff: DocumentDiff;
  before: WorkflowDocument;
  after: WorkflowDocument;
  /** A long list scrolls in itself, rather than with what is around it. */
  scrolls?: boolean;
}

/** What differs between two documents, step by step and field by field. Moved steps are left out. */
export function ChangeList({ diff, before, after, scrolls = false }: ChangeListProps) {
  const nodes = diff.nodes.filter((change) => change.kind !== "moved");
  const moved = diff.nodes.length - nodes.length;
  const wires = [
    ...diff.edges.added.map((edge) => ({ kind: "added" as const, edge, document: after })),
    ...diff.edges.removed.map((edge) => ({ kind: "removed" as const, edge, document: before })),
  ];
  if (nodes.length === 0 && wires.length === 0 && diff.settings.length === 0) {
    return (
      <p className="text-fg-muted">{moved > 0 ? `Nothing but the places of ${plural(moved, "step")}.` : "Nothing: both are the same."}</p>
    );
  }
  return (
    <ul
      // A long list is scrolled by keyboard, too.
      tabIndex={scrolls ? 0 : undefined}
      className={cn("flex flex-col divide-y rounded-md border", scrolls && "max-h-64 overflow-y-auto *:shrink-0")}
    >
      {nodes.map((change) => (
        <NodeLine key={change.nodeId} change={change} />
      ))}
      {wires.map(({ kind, edge, document }) => (
        <li key={`${kind} ${edge.id}`} className="flex items-center gap-2 px-3 py-1.5">
          <Kind kind={kind} />
          <span className="truncate">
            {nodeOf(document, edge.source)?.name ?? edge.source} → {nodeOf(document, edge.target)?.name ?? edge.target}
            {edge.sourcePort === "out" ? null : <span className="text-fg-subtle"> ({edge.sourcePort})</span>}
          </span>
        </li>
      ))}
      {diff.settings.length > 0 ? (
        <li className="px-3 py-1.5">
          Workflow settings
          <FieldLines fields={diff.settings} />
        </li>
      ) : null}
    </ul>
  );
}

function NodeLine({ change }: { change: NodeChange }) {
  if (change.kind === "moved") return null;
  const fields = change.fields.filter((field) => !field.path.startsWith("position"));
  return (
    <li className="px-3 py-1.5">
      <div className="flex items-center gap-2">
        <Kind kind={change.kind} />
        <NodeIcon type={change.type} className="size-4 shrink-0 text-fg-subtle" />
        <span className="truncate font-medium">{change.name}</span>
      </div>
      <FieldLines fields={fields} />
    </li>
  );
}

function Kind({ kind }: { kind: keyof typeof kinds }) {
  const { icon: Icon, word, tone } = kinds[kind];
  return (
    <span className={cn("flex shrink-0 items-center gap-1 text-sm", tone)}>
      <Icon aria-hidden className="size-3.5" />
      {word}
    </span>
  );
}

const shownFields = 8;

function FieldLines({ fields }: { fields: FieldChange[] }) {
  if (fields.length === 0) return null;
  const rest = fields.length - shownFields;
  return (
    <dl className="mt-1 grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 text-sm">
      {fields.slice(0, shownFields).map((field) => (
        <div key={field.path} className="contents">
          <dt className="font-mono text-fg-subtle">{field.path.replace(/^config\./, "")}</dt>
          <dd className="truncate font-mono" title={`${oneLine(field.before, 500)} → ${oneLine(field.after, 500)}`}>
            {field.before === null ? null : <span className="text-fg-subtle line-through">{oneLine(field.before, 60)}</span>}{" "}
            {field.after === null ? "removed" : oneLine(field.after, 60)}
          </dd>
        </div>
      ))}
      {rest > 0 ? <dt className="col-span-2 text-fg-subtle">and {rest} more</dt> : null}
    </dl>
  );
}
