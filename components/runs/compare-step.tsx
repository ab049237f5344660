"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useMemo } from "react";
import { ErrorLine } from "#components/ui/error-state.tsx";
import { formatBytes, formatDuration, shortId } from "#components/ui/format.ts";
import { JsonDiff } from "#components/ui/json-diff.tsx";
import { Spinner } from "#components/ui/spinner.tsx";
import { lookOfStep } from "#components/ui/status.ts";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { Time } from "#components/ui/time.tsx";
import type { RunView, StepSummary, StepView } from "#lib/shared/api-types.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import { CompareLine, CompareTable } from "./compare-table.tsx";
import { lastGoodRunQuery, stepQuery } from "./queries.ts";

/** Comparing line by line costs the square of the lines. */
const maxChars = 200_000;

/** The step beside the same step of the last run before this one that succeeded. */
export function CompareStep({ run, step }: { run: RunView; step: StepView }) {
  const good = useQuery(lastGoodRunQuery(run));
  const twin = good.data?.steps.find((each) => each.nodeId === step.nodeId && each.iteration === step.iteration);
  if (good.isPending) return <Spinner />;
  if (good.isError) return <ErrorLine error={good.error} />;
  if (!good.data) return <p className="text-fg-muted">No earlier run of this workflow that is still kept succeeded.</p>;
  return (
    <div className="flex flex-col gap-3">
      <p className="text-fg-muted">
        With{" "}
        <Link href={`/runs/${good.data.id}`} className="font-mono text-accent-text text-sm hover:underline">
          {shortId(good.data.id)}
        </Link>
        , {good.data.version === null ? "draft" : `v${good.data.version}`}, <Time at={good.data.createdAt} />
        {good.data.version === run.version ? "" : `. This run is of ${run.version === null ? "the draft" : `v${run.version}`}`}.
      </p>
      {twin ? <Both good={good.data} step={step} twin={twin} /> : <p className="text-fg-muted">That run has no such step.</p>}
    </div>
  );
}

function Both({ good, step, twin }: { good: RunView; step: StepView; twin: StepSummary }) {
  const view = useQuery(stepQuery(good.id, twin.id, "good"));
  return (
    <>
      <CompareTable left="Last good" right="This run">
        <CompareLine
          name="Status"
          left={<StatusBadge look={lookOfStep(twin)} plain />}
          right={<StatusBadge look={lookOfStep(step)} plain />}
        />
        <CompareLine name="Duration" left={took(twin)} right={took(step)} />
        <CompareLine name="Attempts" left={twin.attempts} right={step.attempts} />
      </CompareTable>
      <ErrorLine error={view.error} />
      {view.data ? (
        <>
          <Values title="Input" good={view.data.input} now={step.input} />
          <Values title="Output" good={view.data.output} now={step.output} />
        </>
      ) : null}
    </>
  );
}

function took(step: StepSummary): string {
  return step.durationMs === null ? "–" : formatDuration(step.durationMs);
}

function Values({ title, good, now }: { title: string; good: JsonValue; now: JsonValue }) {
  const [left, right] = useMemo(() => [JSON.stringify(good, null, 2), JSON.stringify(now, null, 2)], [good, now]);
  const tooBig = left.length > maxChars || right.length > maxChars;
  return (
    <section className="flex flex-col gap-1.5">
      <h3 className="font-medium">{title}</h3>
      {tooBig ? (
        <p className="text-fg-muted">
          Too big to compare here: {formatBytes(left.length)} and {formatBytes(right.length)}. Download both from their tabs.
        </p>
      ) : (
        <JsonDiff left={left} right={right} leftLabel="Last good" rightLabel="This run" />
      )}
    </section>
  );
}
