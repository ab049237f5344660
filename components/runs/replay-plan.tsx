"use client";

import { Badge, type BadgeTone } from "#components/ui/badge.tsx";
import { Skeleton, SkeletonGate } from "#components/ui/skeleton.tsx";
import { Time } from "#components/ui/time.tsx";
import type { ReplayPlan } from "#lib/shared/inbox-types.ts";

type Verdict = ReplayPlan["runs"][number]["verdict"];

const verdicts: Record<Verdict, { label: string; tone: BadgeTone }> = {
  harmless: { label: "Harmless", tone: "neutral" },
  acts: { label: "Acts", tone: "violet" },
  acts_again: { label: "Acts again", tone: "amber" },
  skipped: { label: "Skipped", tone: "green" },
  may_be_skipped: { label: "Same key", tone: "neutral" },
  waits: { label: "Waits for you", tone: "amber" },
  refused: { label: "Refused", tone: "red" },
};

/** What a replay would do, step by step, before it is done. */
export function ReplayPlanView({ plan }: { plan: ReplayPlan | undefined }) {
  if (!plan) {
    return (
      <SkeletonGate label="Looking ahead">
        <Skeleton className="h-24 rounded-md" />
      </SkeletonGate>
    );
  }
  const acting = plan.runs.filter((step) => step.verdict === "acts_again");
  return (
    <section aria-label="What it would do" className="flex flex-col gap-2">
      <h3 className="font-medium">
        {plan.version === null ? "The draft of then" : `Version ${plan.version}`} runs
        {plan.liveVersion !== null && plan.version !== plan.liveVersion ? ` (live is ${plan.liveVersion})` : ""}
        {plan.from.length > 0 ? ` from ${plan.from.map((step) => step.name).join(", ")}` : " from the start"}
      </h3>
      {plan.problems.map((problem) => (
        <p key={problem} role="alert" className="rounded-md bg-failed-tint px-3 py-2 text-failed">
          {problem}
        </p>
      ))}
      {acting.length > 0 ? (
        <p className="rounded-md bg-retrying-tint px-3 py-2 text-retrying">
          These act a second time: {acting.map((step) => step.name).join(", ")}.
        </p>
      ) : null}
      {plan.keeps.length > 0 ? (
        <p className="text-fg-muted">Results that are kept: {plan.keeps.map((step) => step.name).join(", ")}.</p>
      ) : null}
      <ol className="overflow-hidden rounded-md border">
        {plan.runs.map((step) => (
          <li key={step.nodeId} className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5 border-b px-3 py-1.5 last:border-b-0">
            <span className="min-w-32 font-medium">{step.name}</span>
            <Badge tone={verdicts[step.verdict].tone}>{verdicts[step.verdict].label}</Badge>
            <span className="text-fg-muted text-sm">
              {step.note}
              {step.resultOf ? (
                <>
                  {" "}
                  Stored <Time at={step.resultOf} />.
                </>
              ) : null}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
