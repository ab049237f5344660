"use client";

import { useQuery } from "@tanstack/react-query";
import { ArrowLeft } from "lucide-react";
import Link from "next/link";
import { parseAsInteger, parseAsStringLiteral, useQueryState, useQueryStates } from "nuqs";
import { Badge } from "#components/ui/badge.tsx";
import { ButtonLink } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { usePageTitle } from "#components/ui/page-title.ts";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Time } from "#components/ui/time.tsx";
import { useMedia } from "#components/ui/use-media.ts";
import type { VersionView, WorkflowView } from "#lib/shared/api-types.ts";
import { versionsQuery, workflowQuery } from "../queries.ts";
import { RolloutNotice } from "../rollout/rollout-notice.tsx";
import { Comparison } from "./comparison.tsx";
import { MoveWaiting } from "./move-waiting.tsx";

/** What was published of a workflow, and how two of its versions differ. `?from=12&to=13`; without `to` it is the draft. */
export function VersionsPage({ workflowId }: { workflowId: string }) {
  const workflow = useQuery(workflowQuery(workflowId));
  const versions = useQuery(versionsQuery(workflowId));
  usePageTitle(workflow.data ? `${workflow.data.name} · Versions` : undefined);
  const error = workflow.error ?? versions.error;
  if (error !== null) return <ErrorState title="The versions could not be loaded" error={error} onRetry={() => void versions.refetch()} />;
  if (!workflow.data || !versions.data) return <SkeletonRows label="Loading the versions" />;
  return <Versions workflow={workflow.data} versions={versions.data.items} />;
}

function Versions({ workflow, versions }: { workflow: WorkflowView; versions: VersionView[] }) {
  const [range, setRange] = useQueryStates({ from: parseAsInteger, to: parseAsInteger });
  const [view, setView] = useQueryState("view", parseAsStringLiteral(["canvas", "list"] as const));
  // The canvas of a phone is too small to read what differs from it.
  const roomy = useMedia("(min-width: 768px)");
  const from = range.from ?? workflow.liveVersion ?? versions[0]?.version ?? null;
  return (
    <div className="flex min-h-full flex-col md:h-shell">
      <PageHeader
        title="Versions"
        breadcrumb={
          <Link
            href={`/workflows/${workflow.id}`}
            className="inline-flex max-w-full items-center gap-1 rounded hover:text-fg hover:underline"
          >
            <ArrowLeft aria-hidden className="size-3.5 shrink-0" />
            <span className="truncate">{workflow.name}</span>
          </Link>
        }
      />
      <RolloutNotice workflow={workflow} />
      {from === null ? (
        <EmptyState title="Nothing published yet">Publishing keeps each version for good; here they are compared.</EmptyState>
      ) : (
        <div className="flex min-h-0 flex-1 flex-col border-t md:flex-row">
          <ul
            aria-label="Versions"
            className="flex max-h-56 shrink-0 flex-col gap-1 overflow-y-auto border-b p-2 md:max-h-none md:w-72 md:border-r md:border-b-0"
          >
            {versions.map((version) => (
              <VersionLine
                key={version.version}
                workflowId={workflow.id}
                version={version}
                liveVersion={workflow.liveVersion}
                role={version.version === from ? "from" : version.version === range.to ? "to" : null}
                onChoose={(place) => void setRange({ from, [place]: version.version })}
              />
            ))}
          </ul>
          <Comparison
            workflow={workflow}
            versions={versions}
            from={from}
            to={range.to}
            view={view ?? (roomy ? "canvas" : "list")}
            onView={(next) => void setView(next)}
            onRange={(next) => void setRange(next)}
          />
        </div>
      )}
    </div>
  );
}

interface VersionLineProps {
  workflowId: string;
  version: VersionView;
  liveVersion: number | null;
  role: "from" | "to" | null;
  onChoose: (place: "from" | "to") => void;
}

const placeClass =
  "rounded px-1.5 py-0.5 text-xs aria-pressed:bg-accent aria-pressed:text-accent-fg hover:bg-hover aria-pressed:hover:bg-accent-hover";

function VersionLine({ workflowId, version, liveVersion, role, onChoose }: VersionLineProps) {
  const places = [
    ["from", "Before"],
    ["to", "After"],
  ] as const;
  return (
    <li className={cn("flex flex-col gap-1 rounded-md px-2 py-2", role !== null && "bg-muted")}>
      <span className="flex min-w-0 items-center gap-2">
        <span className="font-semibold tabular-nums">v{version.version}</span>
        {version.live ? <Badge tone="green">Live</Badge> : null}
        <span className="truncate">{version.note || <span className="text-fg-subtle">No note</span>}</span>
      </span>
      <span className="text-fg-subtle text-sm">
        {version.publishedBy ?? "somebody"} · <Time at={version.publishedAt} />
      </span>
      {version.live || liveVersion === null || !version.openRuns ? null : (
        <MoveWaiting workflowId={workflowId} version={version.version} openRuns={version.openRuns} liveVersion={liveVersion} />
      )}
      <span className="flex flex-wrap items-center gap-1">
        {places.map(([place, word]) => (
          <button
            key={place}
            type="button"
            aria-pressed={role === place}
            aria-label={`${word}: version ${version.version}`}
            className={cn(placeClass, "border border-control")}
            onClick={() => onChoose(place)}
          >
            {word}
          </button>
        ))}
        <ButtonLink size="sm" variant="ghost" className="ml-auto" href={`/workflows/${workflowId}?restore=${version.version}`}>
          Restore to draft
        </ButtonLink>
      </span>
    </li>
  );
}
