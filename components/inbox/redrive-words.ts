import { Ban, CircleCheck, CirclePause, type LucideIcon, RotateCw, Trash2, Undo2 } from "lucide-react";
import { plural } from "#components/ui/format.ts";
import type { StatusLook, StatusTone } from "#components/ui/status.ts";
import type { RedriveProgressView, RedriveView } from "#lib/shared/inbox-types.ts";

export const actWords: Record<RedriveView["act"], { noun: string; done: string; icon: LucideIcon }> = {
  redrive: { noun: "Redrive", done: "Succeeded", icon: RotateCw },
  discard: { noun: "Discard", done: "Discarded", icon: Trash2 },
  reopen: { noun: "Bring-back", done: "Brought back", icon: Undo2 },
};

export const redriveLooks: Record<RedriveView["status"], StatusLook> = {
  running: { label: "Running", meaning: "Items are released at its rate", icon: RotateCw, tone: "running", moving: true },
  paused: { label: "Paused", meaning: "Nothing is released until somebody resumes it", icon: CirclePause, tone: "waiting" },
  canceled: { label: "Aborted", meaning: "What had not been released stayed in the inbox", icon: Ban, tone: "canceled" },
  completed: { label: "Completed", meaning: "Every item has come to an end", icon: CircleCheck, tone: "succeeded" },
};

/** The parts of a progress, in the order they are drawn: ends first, what waits last. */
export const progressParts: readonly { key: Exclude<keyof RedriveProgressView, "total">; label: string; tone: StatusTone }[] = [
  { key: "succeeded", label: "Succeeded", tone: "succeeded" },
  { key: "failed", label: "Failed again", tone: "failed" },
  { key: "skipped", label: "Skipped", tone: "canceled" },
  { key: "running", label: "Under way", tone: "running" },
  { key: "waiting", label: "Waiting", tone: "queued" },
];

/** How many have come to an end; what an abort left in the inbox has not. */
export function endedOf({ status, progress }: Pick<RedriveView, "status" | "progress">): number {
  const { succeeded, failed, skipped } = progress;
  return succeeded + failed + (status === "canceled" ? 0 : skipped);
}

export function titleOf({ name, act, progress }: Pick<RedriveView, "name" | "act" | "progress">): string {
  return name === "" ? `${actWords[act].noun} of ${plural(progress.total, "item")}` : name;
}

/** Why it does not go on, for somebody who has to decide. */
export function pauseWords({ status, statusReason, canary, stopAfterFailures }: RedriveView): string | null {
  if (status !== "paused") return null;
  if (statusReason === "canary_failed") {
    const which = canary === 1 ? "The first item" : `One of the first ${plural(canary, "item")}`;
    return `${which} failed again, so nothing more was released. Look at it, then resume or abort.`;
  }
  if (statusReason === "too_many_failures") {
    return `${plural(stopAfterFailures ?? 0, "item")} failed again since it was last started: its stop rule. Look at them, then resume or abort.`;
  }
  return "Paused by hand. What was under way has gone on to its end; the rest waits in the inbox.";
}
