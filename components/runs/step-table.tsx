"use client";

import { formatDuration } from "#components/ui/format.ts";
import { lookOfStep } from "#components/ui/status.ts";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { RunView, StepSummary } from "#lib/shared/api-types.ts";
import { describeIteration } from "#lib/shared/iteration.ts";
import { type SegmentKind, segmentsOf } from "./segments.ts";

function sumOf(step: StepSummary, endMs: number, kinds: readonly SegmentKind[]): string {
  const ms = segmentsOf(step, endMs)
    .filter((segment) => kinds.includes(segment.kind))
    .reduce((sum, segment) => sum + segment.to - segment.from, 0);
  return ms === 0 ? "–" : formatDuration(ms);
}

const working: readonly SegmentKind[] = ["work", "attempt-good", "attempt-bad", "attempt-open"];

const heads = ["Step", "Status", "Began after", "Waited to begin", "Worked", "Between attempts", "Under a limit", "Parked", "Attempts"];

interface StepTableProps {
  run: RunView;
  selected: string;
  onSelect: (stepId: string) => void;
  endMs: number;
}

/** The timeline in numbers: what the bars show, for whoever cannot see or does not like bars. */
export function StepTable({ run, selected, onSelect, endMs }: StepTableProps) {
  const start = Date.parse(run.createdAt);
  return (
    <div className="overflow-x-auto">
      <table aria-label="Steps in numbers" className="w-full border-collapse text-left">
        <thead>
          <tr className="h-8 border-y bg-subtle text-fg-muted text-sm">
            {heads.map((head, index) => (
              <th
                key={head}
                scope="col"
                className={`whitespace-nowrap px-3 font-medium first:pl-6 last:pr-6 ${index > 1 ? "text-right" : ""}`}
              >
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="tabular-nums">
          {run.steps.map((step) => (
            <tr key={step.id} className={`h-(--row-height) border-b ${step.id === selected ? "bg-accent-tint" : ""}`}>
              <th scope="row" className="px-3 pl-6 font-normal">
                <button
                  type="button"
                  data-step={step.id}
                  aria-current={step.id === selected || undefined}
                  onClick={() => onSelect(step.id)}
                  className="min-h-6 text-left hover:underline"
                >
                  {step.name}
                  {step.iteration ? <span className="ml-1.5 text-fg-subtle text-sm">{describeIteration(step.iteration)}</span> : null}
                </button>
              </th>
              <td className="px-3">
                <StatusBadge look={lookOfStep(step)} plain />
              </td>
              <td className="px-3 text-right">{step.startedAt ? formatDuration(Date.parse(step.startedAt) - start) : "–"}</td>
              <td className="px-3 text-right">{sumOf(step, endMs, ["queue"])}</td>
              <td className="px-3 text-right">{sumOf(step, endMs, working)}</td>
              <td className="px-3 text-right">{sumOf(step, endMs, ["backoff"])}</td>
              <td className="px-3 text-right">{sumOf(step, endMs, ["throttle"])}</td>
              <td className="px-3 text-right">{sumOf(step, endMs, ["wait"])}</td>
              <td className="px-3 pr-6 text-right">{step.attempts}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
