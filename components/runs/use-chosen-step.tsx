"use client";

import { useQuery } from "@tanstack/react-query";
import { ArrowDownToLine } from "lucide-react";
import { parseAsString, useQueryState } from "nuqs";
import { useEffect } from "react";
import { Button } from "#components/ui/button.tsx";
import type { RunView, StepSummary } from "#lib/shared/api-types.ts";
import { isFinalRun } from "#lib/shared/statuses.ts";
import { stepQuery } from "./queries.ts";
import { eventRow } from "./timeline-rows.tsx";

/** What to look at first: the failure, else what is under way, else the last step. */
function firstLook(run: RunView): string {
  const step =
    run.steps.find((each) => each.status === "failed") ??
    run.steps.find((each) => each.status === "running" || each.status === "waiting") ??
    run.steps.findLast((each) => each.status !== "pending" && each.status !== "skipped");
  return step?.id ?? eventRow;
}

export interface ChosenStep {
  /** The step's id, or `event`. */
  selected: string;
  step: StepSummary | undefined;
  /** Nobody chose: a live run leads the eye along. */
  follows: boolean;
  select: (stepId: string) => void;
  follow: () => void;
}

/** The step of the address. Without one a failed run shows its failure, and a live one what it is at. */
export function useChosenStep(run: RunView): ChosenStep {
  const [asked, setStep] = useQueryState("step", parseAsString);
  const [, setAttempt] = useQueryState("attempt");
  const [, setPair] = useQueryState("pair");
  const [, setTab] = useQueryState("tab");
  const listed = run.steps.find((step) => step.id === asked);
  // Of a loop not all steps come with the run; the address may name any of them.
  const isElsewhere = asked !== null && asked !== eventRow && listed === undefined;
  const elsewhere = useQuery({ ...stepQuery(run.id, asked ?? "", run.status), enabled: isElsewhere });
  const found = listed ?? (isElsewhere ? elsewhere.data : undefined);
  const selected = asked === eventRow ? eventRow : (found?.id ?? firstLook(run));
  const step = found ?? run.steps.find((each) => each.id === selected);
  const follows = asked === null && !isFinalRun(run.status);
  const select = (id: string) => {
    void setStep(id);
    void setAttempt(null);
    void setPair(null);
    void setTab(null);
  };
  useEffect(() => {
    if (!follows) return;
    document.querySelector(`[data-step="${CSS.escape(selected)}"]`)?.scrollIntoView({ block: "nearest" });
    // Whoever scrolls wants to stay where they are.
    const stay = () => void setStep(selected);
    window.addEventListener("wheel", stay, { once: true, passive: true });
    window.addEventListener("touchmove", stay, { once: true, passive: true });
    return () => {
      window.removeEventListener("wheel", stay);
      window.removeEventListener("touchmove", stay);
    };
  }, [follows, selected, setStep]);
  return { selected, step, follows, select, follow: () => void setStep(null) };
}

/** Back to what a live run is at. */
export function FollowButton({ run, chosen }: { run: RunView; chosen: ChosenStep }) {
  if (isFinalRun(run.status) || chosen.follows) return null;
  return (
    <div className="pointer-events-none sticky bottom-4 z-10 flex justify-center">
      <Button size="sm" className="pointer-events-auto shadow-float" icon={<ArrowDownToLine aria-hidden />} onClick={chosen.follow}>
        Follow the run
      </Button>
    </div>
  );
}
