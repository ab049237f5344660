import { Ban, CircleCheck, CirclePause, RotateCw } from "lucide-react";
import { plural } from "#components/ui/format.ts";
import type { Part } from "#components/ui/parts-bar.tsx";
import type { StatusLook } from "#components/ui/status.ts";
import type { RunBatchView } from "#lib/shared/run-batch-types.ts";

export const batchLooks: Record<RunBatchView["status"], StatusLook> = {
  running: { label: "Running", meaning: "Runs are taken at its rate", icon: RotateCw, tone: "running", moving: true },
  paused: { label: "Paused", meaning: "No further run is taken until somebody resumes it", icon: CirclePause, tone: "waiting" },
  canceled: { label: "Aborted", meaning: "Runs that had not been taken were left as they were", icon: Ban, tone: "canceled" },
  completed: { label: "Completed", meaning: "Every run has come to an end", icon: CircleCheck, tone: "succeeded" },
};

const succeededWords = { replay: "Succeeded", cancel: "Canceled", move: "Moved" } as const;
const titles = { replay: "Replay", cancel: "Cancel", move: "Move" } as const;
const failedWords = { replay: "Failed", cancel: "Ended before", move: "Failed" } as const;

/** What became of its runs, in the order they are drawn: ends first, what waits last. */
export function partsOf({ action, progress }: Pick<RunBatchView, "action" | "progress">): Part[] {
  return [
    { key: "succeeded", label: succeededWords[action], tone: "succeeded", count: progress.succeeded },
    { key: "failed", label: failedWords[action], tone: "failed", count: progress.failed },
    { key: "skipped", label: "Skipped", tone: "canceled", count: progress.skipped },
    { key: "running", label: "Under way", tone: "running", count: progress.running },
    { key: "waiting", label: "Waiting", tone: "queued", count: progress.waiting, pending: true },
  ];
}

/** How many have come to an end; what an abort left as it was has not. */
export function endedOf({ status, progress }: Pick<RunBatchView, "status" | "progress">): number {
  const { succeeded, failed, skipped } = progress;
  return succeeded + failed + (status === "canceled" ? 0 : skipped);
}

export function titleOf({ name, action, progress }: Pick<RunBatchView, "name" | "action" | "progress">): string {
  if (name !== "") return name;
  return `${titles[action]} of ${plural(progress.total, "run")}`;
}

/** Why it does not go on, for somebody who has to decide. */
export function pauseWords({ status, statusReason, stopAfterFailures }: RunBatchView): string | null {
  if (status !== "paused") return null;
  if (statusReason === "too_many_failures") {
    return `${plural(stopAfterFailures ?? 0, "replay")} failed since it was last started: its stop rule. Look at them, then resume or abort.`;
  }
  return "Paused by hand. What was under way goes on to its end; the rest waits.";
}

/** How the filters of a list of runs are called in a sentence. */
const fieldWords: Record<string, string> = {
  status: "status",
  workflowId: "workflow",
  version: "version",
  trigger: "trigger",
  mode: "mode",
  node: "failed at",
  error: "error with",
  key: "key",
  field: "payload",
  attr: "attributes",
  minDurationMs: "at least this many ms long:",
  minAttempts: "steps tried so often:",
  replayed: "replayed:",
  by: "time range of when they",
  from: "from",
  to: "until",
  q: "found by",
};

interface Names {
  workflow: (id: string) => string;
  time: (iso: string) => string;
}

/** What a selection of runs was, in words. */
export function selectionWords({ selection }: Pick<RunBatchView, "selection">, names: Names): string {
  const { runIds, filter } = selection;
  if (Array.isArray(runIds)) return `${plural(runIds.length, "run")} by hand`;
  const fields = Object.entries(filter !== null && typeof filter === "object" ? filter : {})
    .filter(([name, value]) => !(name === "by" && value === "received"))
    .map(([name, value]) => `${fieldWords[name] ?? name} ${valueWords(name, value, names)}`);
  return fields.length === 0 ? "All runs at that moment" : fields.join(", ");
}

function valueWords(name: string, value: unknown, names: Names): string {
  if (name === "workflowId" && typeof value === "string") return `“${names.workflow(value)}”`;
  if ((name === "from" || name === "to") && typeof value === "string") return names.time(value);
  if (name === "attr" && Array.isArray(value)) return value.map(attributeWords).join(" and ");
  if (Array.isArray(value)) return value.join(" or ");
  if (typeof value === "object" && value !== null && "path" in value && "value" in value && Array.isArray(value.path)) {
    return `${value.path.join(".")} = ${String(value.value)}`;
  }
  return String(value);
}

function attributeWords(condition: unknown): string {
  if (typeof condition !== "object" || condition === null || !("name" in condition && "is" in condition && "text" in condition)) return "";
  return `${String(condition.name)} ${String(condition.is)} ${String(condition.text)}`;
}
