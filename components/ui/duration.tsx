"use client";

import { cn } from "./cn.ts";
import { formatDuration } from "./format.ts";
import { useTicking } from "./now.ts";

export interface DurationProps {
  /** Finished: how long it took. */
  ms?: number | null;
  /** Still running: since when (ISO 8601). Ignored when `ms` is given. */
  since?: string | null;
  className?: string;
}

/** How long something took, or has been taking: live while it runs. */
export function Duration({ ms, since, className }: DurationProps) {
  const live = useTicking((nowMs) => {
    if (ms !== null && ms !== undefined) return formatDuration(ms);
    if (!since) return "–";
    // Whole seconds: fractions of a running time would only flicker.
    const elapsed = Math.floor(Math.max(0, nowMs - Date.parse(since)) / 1_000);
    return elapsed < 60 ? `${elapsed} s` : formatDuration(elapsed * 1_000);
  });
  return <span className={cn("whitespace-nowrap tabular-nums", className)}>{live}</span>;
}
