"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { CircleCheck, CircleDashed, CircleX, type LucideIcon } from "lucide-react";
import { useState } from "react";
import { api, messageOf } from "#components/api/client.ts";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorLine } from "#components/ui/error-state.tsx";
import { Field } from "#components/ui/field.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Time } from "#components/ui/time.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { RolloutComparison, RolloutView } from "#lib/shared/api-rollouts.ts";
import type { WorkflowView } from "#lib/shared/api-types.ts";
import { NumberInput } from "../form/number-widgets.tsx";
import { rolloutsQuery, workflowQuery } from "../queries.ts";
import { comparisonLines, isHeldByGuard, promoteDoubt } from "./comparison.ts";
import { shareProblem } from "./share.ts";

interface RolloutDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  workflow: WorkflowView;
}

/** The version under trial beside the live one, and what may be done with it. */
export function RolloutDialog({ open, onOpenChange, workflow }: RolloutDialogProps) {
  const rollouts = useQuery({ ...rolloutsQuery(workflow.id), enabled: open, refetchInterval: 5_000 });
  const current = rollouts.data?.items.find(({ endedAt }) => endedAt === null);
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      width="md"
      title={
        workflow.rollout === null ? "The trial has ended" : `Version ${workflow.rollout.version} beside version ${workflow.liveVersion}`
      }
      description="An event stays with its version by its duplicate key, retries and repeats included. Runs under way finish where they are."
    >
      {rollouts.isPending ? <SkeletonRows rows={5} label="Loading the comparison" /> : null}
      <ErrorLine error={rollouts.error} />
      {current === undefined ? null : (
        <Trial key={current.version} rollout={current} workflow={workflow} onDone={() => onOpenChange(false)} />
      )}
    </Dialog>
  );
}

interface Change {
  percent: number;
  paused?: boolean;
  guard?: RolloutView["guard"];
  /** What to say when it is done. */
  done: string;
  closes?: boolean;
}

function Trial({ rollout, workflow, onDone }: { rollout: RolloutView; workflow: WorkflowView; onDone: () => void }) {
  const client = useQueryClient();
  const [share, setShare] = useState<number | string | undefined>(rollout.percent);
  const change = useMutation({
    mutationFn: ({ percent, paused = false, guard }: Change) =>
      api.post(`/workflows/${workflow.id}/rollout`, { version: rollout.version, percent, paused, ...(guard ? { guard } : {}) }),
    onSuccess: (_answer, { done, closes = false }) => {
      toast.success(done);
      if (closes) onDone();
    },
    onError: (error) => toast.error("Nothing was changed", { description: messageOf(error) }),
    onSettled: () => client.invalidateQueries({ queryKey: workflowQuery(workflow.id).queryKey }),
  });
  const problem = shareProblem(share);
  const doubt = promoteDoubt(rollout);
  const paused = rollout.state === "paused";
  // With its guard on it would be paused again within seconds.
  const held = isHeldByGuard(rollout);
  const unguarded = paused && held ? { guard: { ...rollout.guard, enabled: false } } : {};
  const { version, percent } = rollout;
  return (
    <div className="flex flex-col gap-4">
      <ComparisonTable rollout={rollout} />
      <p className="text-fg-muted text-sm">
        Since <Time at={rollout.startedAt} />, {rollout.runs.canary} runs of version {version} and {rollout.runs.live} of version{" "}
        {rollout.baselineVersion} have ended.{" "}
        {rollout.guard.enabled
          ? `It is paused by itself when, after ${rollout.guard.minRuns} runs, it fails ${rollout.guard.maxExcess} percentage points more often.`
          : "Its guard is off: it is not paused by itself."}
      </p>
      <form
        className="flex items-end gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          if (typeof share !== "number" || problem !== null) return;
          change.mutate({ percent: share, ...unguarded, done: `Version ${version} takes ${share} %` });
        }}
      >
        <Field label="Share of new events" aside="1 to 99 %" error={problem} className="w-60">
          <NumberInput value={share} onValueChange={setShare} />
        </Field>
        <Button
          type="submit"
          loading={change.isPending}
          disabledReason={problem ?? (share === percent && !paused ? "It has this share already" : null)}
        >
          {"guard" in unguarded ? "Go on without the guard" : paused ? "Go on with this share" : "Set the share"}
        </Button>
      </form>
      {doubt === null ? null : <p className="text-retrying text-sm">{doubt}</p>}
      <div className="flex flex-wrap justify-end gap-2">
        <Button
          variant="danger"
          className="mr-auto"
          loading={change.isPending}
          onClick={() => change.mutate({ percent: 0, done: `The trial of version ${version} has ended`, closes: true })}
        >
          Abort and return
        </Button>
        {paused ? null : (
          <Button loading={change.isPending} onClick={() => change.mutate({ percent, paused: true, done: "The trial is paused" })}>
            Pause
          </Button>
        )}
        <Button
          {...(held ? {} : { "data-confirm": true, variant: "primary" })}
          loading={change.isPending}
          onClick={() => change.mutate({ percent: 100, done: `Version ${version} is live`, closes: true })}
        >
          Promote version {version}
        </Button>
      </div>
    </div>
  );
}

const verdicts: Record<RolloutComparison["verdict"], { icon: LucideIcon; word: string; tone: string }> = {
  pass: { icon: CircleCheck, word: "Pass", tone: "text-succeeded" },
  over: { icon: CircleX, word: "Over", tone: "text-failed" },
  not_enough_data: { icon: CircleDashed, word: "Not enough data yet", tone: "text-queued" },
};

function ComparisonTable({ rollout }: { rollout: RolloutView }) {
  return (
    <div className="overflow-x-auto">
      <table className="w-full text-left">
        <thead className="text-fg-muted text-sm">
          <tr className="border-b [&>th]:py-1.5 [&>th]:pr-3 [&>th]:font-medium">
            <th scope="col">Measure</th>
            <th scope="col" className="text-right">
              v{rollout.baselineVersion} live
            </th>
            <th scope="col" className="text-right">
              v{rollout.version}
            </th>
            <th scope="col" className="text-right">
              Allowed
            </th>
            <th scope="col">Verdict</th>
          </tr>
        </thead>
        <tbody>
          {comparisonLines(rollout).map((line) => {
            const { icon: Icon, word, tone } = verdicts[line.verdict];
            return (
              <tr key={line.metric} className="border-b last:border-0 [&>td]:py-1.5 [&>td]:pr-3 [&>th]:py-1.5 [&>th]:pr-3">
                <th scope="row" className="font-normal">
                  {line.label}
                </th>
                <td className="text-right tabular-nums">{line.live}</td>
                <td className="text-right tabular-nums">{line.canary}</td>
                <td className="text-right text-fg-muted tabular-nums">{line.allowed}</td>
                <td>
                  <span className={cn("flex items-center gap-1.5 text-sm sm:whitespace-nowrap", tone)}>
                    <Icon aria-hidden className="size-3.5 shrink-0" />
                    {word}
                  </span>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
