"use client";

import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { api, messageOf } from "#components/api/client.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { formatAbsolute, plural } from "#components/ui/format.ts";
import { useZone } from "#components/ui/preferences.ts";
import { Progress } from "#components/ui/progress.tsx";
import type { DeadLetterSummary } from "#lib/shared/api-types.ts";
import { useRefetchItems } from "./item-actions.ts";
import { deadLettersQuery } from "./queries.ts";

interface Redriving {
  total: number;
  started: number;
  refused: string[];
  running: boolean;
}

/** Starts redrives one after the other. What was started goes on when the dialog is closed; the rest stays in the inbox. */
function useRedriveAll() {
  const refetch = useRefetchItems();
  const [progress, setProgress] = useState<Redriving | null>(null);
  const stopped = useRef(false);
  const start = async (items: readonly DeadLetterSummary[]) => {
    stopped.current = false;
    let next: Redriving = { total: items.length, started: 0, refused: [], running: true };
    setProgress(next);
    for (const item of items) {
      if (stopped.current) break;
      try {
        await api.post(`/dead-letters/${item.id}/redrive`, {}, { idempotencyKey: crypto.randomUUID() });
        next = { ...next, started: next.started + 1 };
      } catch (error) {
        next = { ...next, refused: [...next.refused, messageOf(error)] };
      }
      setProgress(next);
    }
    setProgress({ ...next, running: false });
    await refetch();
  };
  const stop = () => {
    stopped.current = true;
  };
  return { progress, start, stop };
}

/** First the plan (how many, from when), then the progress. */
export function RedriveAllDialog({ issueId, onClose }: { issueId: string; onClose: () => void }) {
  const zone = useZone();
  const letters = useQuery(deadLettersQuery(issueId));
  const { progress, start, stop } = useRedriveAll();
  const items = letters.data?.items.filter((item) => item.status === "open" && item.kind !== "unknown_outcome") ?? [];
  const times = items.map((item) => Date.parse(item.eventAt));
  const close = () => {
    stop();
    onClose();
  };
  return (
    <Dialog
      open
      onOpenChange={close}
      title={progress ? "Redriving" : `Redrive ${plural(items.length, "item")}?`}
      description="Each run goes on from its failed step, with its frozen input and the same idempotency key."
      footer={
        progress ? (
          <Button data-confirm variant={progress.running ? "secondary" : "primary"} onClick={close}>
            {progress.running ? "Stop" : "Done"}
          </Button>
        ) : (
          <>
            <Button onClick={close}>Cancel</Button>
            <Button data-confirm variant="primary" onClick={() => void start(items)}>
              Redrive {plural(items.length, "item")}
            </Button>
          </>
        )
      }
    >
      {progress ? (
        <ProgressView progress={progress} />
      ) : (
        <p className="text-fg-muted">
          {times.length > 0
            ? `The oldest event is of ${formatAbsolute(Math.min(...times), zone)}, the newest of ${formatAbsolute(Math.max(...times), zone)}.`
            : null}{" "}
          Exactly these items are redriven, none that arrives meanwhile. Throttles and retries hold as always.
        </p>
      )}
    </Dialog>
  );
}

function ProgressView({ progress }: { progress: Redriving }) {
  const done = progress.started + progress.refused.length;
  return (
    <div className="flex flex-col gap-2" aria-live="polite">
      <Progress value={done} max={progress.total} label="Redrives started" />
      <p className="tabular-nums">
        {progress.started} of {progress.total} started{progress.refused.length > 0 ? `, ${progress.refused.length} refused` : ""}
      </p>
      {progress.refused.length > 0 ? <p className="text-failed text-sm">{[...new Set(progress.refused)].join(" · ")}</p> : null}
      {progress.running ? null : <p className="text-fg-muted text-sm">Items leave the inbox when their step has succeeded.</p>}
    </div>
  );
}
