"use client";

import { useQuery } from "@tanstack/react-query";
import { Suspense, useMemo, useState } from "react";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { lazyPart, usePrefetch } from "#components/ui/lazy.tsx";
import { Select } from "#components/ui/select.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import type { WorkflowDocument } from "#lib/graph/document.ts";
import type { VersionView, WorkflowView } from "#lib/shared/api-types.ts";
import { ChangeList } from "../publish/change-list.tsx";
import { versionQuery } from "../queries.ts";
import { readDraft } from "../read-draft.ts";
import { diffElements } from "./diff-elements.ts";

// Fetched while the versions are.
const DiffCanvas = lazyPart(async () => (await import("./diff-canvas.tsx")).DiffCanvas);

interface ComparisonProps {
  workflow: WorkflowView;
  versions: VersionView[];
  from: number;
  /** Null: the draft. */
  to: number | null;
  view: "canvas" | "list";
  onView: (view: "canvas" | "list") => void;
  onRange: (range: { from?: number; to?: number | null }) => void;
}

const draft = "draft";

/** How two versions differ: on the canvas, and field by field. */
export function Comparison({ workflow, versions, from, to, view, onView, onRange }: ComparisonProps) {
  usePrefetch(DiffCanvas);
  const before = useQuery(versionQuery(workflow.id, from));
  const after = useQuery({ ...versionQuery(workflow.id, to ?? 0), enabled: to !== null });
  const older = useDocumentOf(before.data?.document);
  const newer = useDocumentOf(to === null ? workflow.draft.document : after.data?.document);
  const numbers = versions.map(({ version }) => ({ value: String(version), label: `Version ${version}` }));
  const error = before.error ?? (to === null ? null : after.error);
  return (
    <section aria-label="Comparison" className="flex min-h-0 min-w-0 flex-1 flex-col">
      <div className="flex flex-wrap items-center gap-2 px-4 py-2.5">
        <Select
          aria-label="Before"
          className="w-36"
          options={numbers}
          value={String(from)}
          onValueChange={(value) => onRange({ from: Number(value) })}
        />
        <span className="text-fg-muted">to</span>
        <Select
          aria-label="After"
          className="w-36"
          options={[{ value: draft, label: "Draft" }, ...numbers]}
          value={to === null ? draft : String(to)}
          onValueChange={(value) => onRange({ from, to: value === draft ? null : Number(value) })}
        />
      </div>
      {error === null ? null : <ErrorState title="A version could not be loaded" error={error} onRetry={() => void before.refetch()} />}
      {error !== null ? null : older === null || newer === null ? (
        <SkeletonRows label="Loading the versions" />
      ) : (
        <Difference before={older} after={newer} view={view} onView={onView} />
      )}
    </section>
  );
}

function useDocumentOf(json: VersionView["document"] | undefined): WorkflowDocument | null {
  return useMemo(() => (json === undefined ? null : readDraft(json)), [json]);
}

interface DifferenceProps {
  before: WorkflowDocument;
  after: WorkflowDocument;
  view: "canvas" | "list";
  onView: (view: "canvas" | "list") => void;
}

function Difference({ before, after, view, onView }: DifferenceProps) {
  const [withMoves, setWithMoves] = useState(false);
  const { diff, nodes, edges } = useMemo(() => diffElements(before, after, withMoves), [before, after, withMoves]);
  const moved = diff.nodes.filter((change) => change.kind === "moved").length;
  return (
    <Tabs
      label="How the difference is shown"
      value={view}
      onValueChange={onView}
      className="min-h-0 flex-1"
      listClassName="px-4"
      panelClassName="min-h-0 flex-1 overflow-y-auto"
      items={[
        {
          value: "canvas",
          label: "Canvas",
          content: (
            <div className="relative h-full min-h-96 max-md:h-[60dvh]">
              <Suspense>
                <DiffCanvas key={`${nodes.length} ${before.nodes.length}`} nodes={nodes} edges={edges} />
              </Suspense>
              {moved === 0 ? null : (
                <div className="absolute top-3 right-3 rounded-md bg-float px-2.5 py-1.5 shadow-float">
                  <Checkbox label={`Show what only moved (${moved})`} checked={withMoves} onCheckedChange={setWithMoves} />
                </div>
              )}
            </div>
          ),
        },
        {
          value: "list",
          label: "Field by field",
          content: (
            <div className="max-w-3xl p-4">
              <ChangeList diff={diff} before={before} after={after} />
            </div>
          ),
        },
      ]}
    />
  );
}
