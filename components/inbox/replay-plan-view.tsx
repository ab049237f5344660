import { TriangleAlert } from "lucide-react";
import { Badge, type BadgeTone } from "#components/ui/badge.tsx";
import { cn } from "#components/ui/cn.ts";
import { ErrorLine } from "#components/ui/error-state.tsx";
import { sentence } from "#components/ui/format.ts";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Time } from "#components/ui/time.tsx";
import type { ReplayPlan } from "#lib/shared/inbox-types.ts";

type Step = ReplayPlan["runs"][number];

const verdicts: Record<Step["verdict"], { label: string; tone: BadgeTone }> = {
  harmless: { label: "Harmless", tone: "neutral" },
  acts: { label: "Acts", tone: "accent" },
  acts_again: { label: "Acts again", tone: "amber" },
  skipped: { label: "Skipped", tone: "green" },
  may_be_skipped: { label: "May be skipped", tone: "violet" },
  waits: { label: "Waits for a decision", tone: "amber" },
  refused: { label: "Refused", tone: "red" },
};

const effects: Record<string, string> = {
  none: "touches nothing outside",
  read: "only reads",
  natural: "gives the same however often",
  keyed: "the other side knows its key",
  reconcilable: "can be looked up: was it done?",
  unsafe: "acts each time it is called",
};

function kindWords({ as, version, liveVersion }: ReplayPlan): string {
  const on = version === null ? "the draft as it was then" : `version ${version}${version === liveVersion ? ", which is live" : ""}`;
  if (as === "redrive") return `The same run goes on from the failed step, on ${on}.`;
  if (as === "rerun")
    return `A new run begins at that step, on ${on}. The failed run stays as it is; the item leaves the inbox when the new one succeeds.`;
  return `A new run begins at the start, on ${on}. The failed run stays as it is; the item leaves the inbox when the new one succeeds.`;
}

interface ReplayPlanViewProps {
  plan: ReplayPlan | undefined;
  error: unknown;
  checking: boolean;
  /** The problem that stands elsewhere already. */
  said: string | null;
}

/** "body.url: …": a field keeps its small letter. */
const startsWithField = /^[\w$.[\]-]+: /;

/** Which steps would run again, what each does outside, and what its idempotency key makes of it. */
export function ReplayPlanView({ plan, error, checking, said }: ReplayPlanViewProps) {
  if (!plan) return error ? <ErrorLine error={error} /> : <SkeletonRows rows={2} label="Working out what would happen" />;
  const problems = plan.problems.filter((problem) => problem !== said);
  return (
    <section aria-label="What will happen" aria-busy={checking} className={cn("rounded-md border", checking && "opacity-70")}>
      <p className="px-3 py-2">{kindWords(plan)}</p>
      {plan.keeps.length > 0 ? (
        <p className="border-t px-3 py-2 text-fg-muted">
          Not repeated, their results are kept: {plan.keeps.map((step) => step.name).join(", ")}
        </p>
      ) : null}
      <ul aria-label="Steps that run" className="border-t">
        {plan.runs.map((step) => (
          <StepLine key={step.nodeId} step={step} />
        ))}
      </ul>
      {problems.length > 0 ? (
        <ul role="alert" aria-label="Problems" className="border-t bg-failed-tint px-3 py-2 text-failed">
          {problems.map((problem) => (
            <li key={problem} className="flex items-start gap-2">
              <TriangleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" />
              {startsWithField.test(problem) ? problem : sentence(problem)}
            </li>
          ))}
        </ul>
      ) : null}
      <ErrorLine error={error} className="rounded-none" />
    </section>
  );
}

function StepLine({ step }: { step: Step }) {
  const verdict = verdicts[step.verdict];
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] items-baseline gap-x-3 border-b px-3 py-1.5 last:border-b-0 sm:grid-cols-[10rem_minmax(0,1fr)_auto]">
      <span className="truncate font-medium">{step.name}</span>
      <span className="order-last col-span-2 text-fg-muted text-sm sm:order-none sm:col-span-1">
        {step.ranBefore ? "Ran before; " : "Did not run yet; "}
        {effects[step.effect] ?? step.effect}. {step.note}
        {step.resultOf === null ? null : (
          <>
            {" "}
            Its result is of <Time at={step.resultOf} />.
          </>
        )}
      </span>
      <Badge tone={verdict.tone}>{verdict.label}</Badge>
    </li>
  );
}
