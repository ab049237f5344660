"use client";

import { SlidersHorizontal } from "lucide-react";
import { useState } from "react";
import { useDenied } from "#components/api/session.tsx";
import { Button } from "#components/ui/button.tsx";
import { formatCount } from "#components/ui/format.ts";
import { lazyPart } from "#components/ui/lazy.tsx";
import type { StepView } from "#lib/shared/api-types.ts";
import type { LoopView } from "#lib/shared/loop-types.ts";
import { paceWords } from "./loop-words.ts";

const LoopPaceDialog = lazyPart(async () => (await import("./loop-pace-dialog.tsx")).LoopPaceDialog);

/** How far a loop under way has come and at which pace, which may be changed without stopping it. */
export function LoopPace({ runId, step, loop }: { runId: string; step: StepView; loop: LoopView }) {
  const denied = useDenied("runs:write");
  const [open, setOpen] = useState(false);
  const ended = loop.succeeded + loop.failed;
  return (
    <section
      aria-label="The loop"
      className="mx-4 mb-3 flex flex-wrap items-center gap-x-4 gap-y-2 rounded-md border bg-subtle px-3 py-2.5"
    >
      <div className="min-w-0 flex-1">
        <p className="font-medium tabular-nums">
          {formatCount(ended)} of {formatCount(loop.total)} items ended
          {loop.underWay > 0 ? `, ${formatCount(loop.underWay)} under way` : ""}
          {loop.failed > 0 ? `, ${formatCount(loop.failed)} failed` : ""}
        </p>
        <p className="text-fg-muted">{paceWords(loop)}</p>
      </div>
      <Button size="sm" icon={<SlidersHorizontal aria-hidden />} disabledReason={denied} onClick={() => setOpen(true)}>
        Change pace
      </Button>
      {open ? <LoopPaceDialog runId={runId} step={step} loop={loop} onClose={() => setOpen(false)} /> : null}
    </section>
  );
}
