"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { messageOf } from "#components/api/client.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { ErrorLine } from "#components/ui/error-state.tsx";
import { formatCount, plural } from "#components/ui/format.ts";
import { Progress } from "#components/ui/progress.tsx";
import { Spinner } from "#components/ui/spinner.tsx";
import type { RunChart } from "#lib/shared/run-chart.ts";
import { type BulkAction, type BulkProgress, type BulkTarget, countEligible, maxBulk, runBulk, totalsOf } from "./bulk.ts";
import { chartQuery } from "./status-chart.tsx";

export interface BulkRequest {
  action: BulkAction;
  target: BulkTarget;
}

const words = {
  replay: {
    verb: "Replay",
    can: "can be replayed: they have ended",
    rest: "A new run is made of each event, with the version and the keys of the old run.",
  },
  cancel: {
    verb: "Cancel",
    can: "can be canceled: they have not ended",
    rest: "Steps that did not start will not start. What was already sent cannot be taken back.",
  },
} as const;

function useCounts(target: BulkTarget): { totals: RunChart["totals"] | undefined; complete: boolean; error: unknown } {
  const isQuery = target.kind === "query";
  const chart = useQuery({ ...chartQuery(["plan", isQuery ? target.query : null], () => (isQuery ? target.query : {})), enabled: isQuery });
  if (!isQuery) return { totals: totalsOf(target.rows), complete: true, error: null };
  return { totals: chart.data?.totals, complete: chart.data?.complete ?? true, error: chart.error };
}

/** First what would be done, with honest counts; then the progress, which stays until it is done. */
export function BulkDialog({ request, onClose }: { request: BulkRequest; onClose: () => void }) {
  const { action, target } = request;
  const client = useQueryClient();
  const { totals, complete, error } = useCounts(target);
  const [progress, setProgress] = useState<BulkProgress | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const abort = useRef<AbortController | null>(null);
  const chosen = totals?.reduce((sum, { count }) => sum + count, 0) ?? 0;
  const eligible = totals ? countEligible(action, totals) : 0;
  const { verb } = words[action];
  const start = async () => {
    abort.current = new AbortController();
    setProgress({ total: eligible, done: 0, refused: [], running: true });
    try {
      await runBulk(action, target, { signal: abort.current.signal, onProgress: setProgress });
    } catch (thrown) {
      if (!abort.current.signal.aborted) setFailure(thrown);
      setProgress((known) => known && { ...known, running: false });
    }
    await Promise.all([client.invalidateQueries({ queryKey: ["runs"] }), client.invalidateQueries({ queryKey: ["run-chart"] })]);
  };
  const close = () => {
    abort.current?.abort();
    onClose();
  };
  const reason = !totals
    ? "Counting"
    : !complete || eligible > maxBulk
      ? `At most ${formatCount(maxBulk)} at once: narrow the filter, for example by time`
      : eligible === 0
        ? `None of these ${words[action].can.split(":")[0]}`
        : null;
  return (
    <Dialog
      open
      required={progress?.running ?? false}
      onOpenChange={close}
      title={progress ? `${verb === "Replay" ? "Replaying" : "Canceling"} runs` : `${verb} ${plural(eligible, "run")}?`}
      footer={
        progress ? (
          <Button data-confirm variant={progress.running ? "secondary" : "primary"} onClick={close}>
            {progress.running ? "Stop" : "Done"}
          </Button>
        ) : (
          <>
            <Button onClick={close}>Back</Button>
            <Button
              data-confirm
              variant={action === "cancel" ? "danger-solid" : "primary"}
              disabledReason={reason}
              onClick={() => void start()}
            >
              {verb} {plural(eligible, "run")}
            </Button>
          </>
        )
      }
    >
      <ErrorLine error={error ?? failure} />
      {progress ? (
        <ProgressView progress={progress} />
      ) : totals ? (
        <div className="flex flex-col gap-2 text-fg-muted">
          <p>
            <span className="font-medium text-fg">
              {formatCount(eligible)} of {plural(chosen, "run")}
            </span>{" "}
            {words[action].can}. Exactly those that match at this moment, none that arrives later.
          </p>
          <p>{words[action].rest}</p>
          {target.kind === "query" ? <p>Keep this page open until it is done. What was begun stays done when you stop.</p> : null}
        </div>
      ) : error ? null : (
        <p className="flex items-center gap-2 text-fg-muted">
          <Spinner /> Counting
        </p>
      )}
    </Dialog>
  );
}

function ProgressView({ progress }: { progress: BulkProgress }) {
  const { total, done, refused, running } = progress;
  const reasons = [...new Set(refused)];
  return (
    <div className="flex flex-col gap-2" aria-live="polite">
      <Progress value={done + refused.length} max={total} label="Runs dealt with" />
      <p className="tabular-nums">
        {formatCount(done)} of {formatCount(total)} done{refused.length > 0 ? `, ${formatCount(refused.length)} refused` : ""}
      </p>
      {reasons.slice(0, 3).map((reason) => (
        <p key={reason} className="text-failed text-sm">
          {messageOf(reason)}
        </p>
      ))}
      {!running && done + refused.length < total ? <p className="text-fg-muted text-sm">Stopped. The rest was left as it is.</p> : null}
    </div>
  );
}
