"use client";

import { cn } from "./cn.ts";
import { formatDuration } from "./format.ts";
import { useTicking } from "./now.ts";

/** Time left until a moment: "12 s", "4 min 3 s"; "now" when it has come. */
export function Countdown({ until, className }: { until: string; className?: string }) {
  const text = useTicking((nowMs) => {
    const left = Math.ceil((Date.parse(until) - nowMs) / 1_000);
    if (left <= 0) return "now";
    return left < 60 ? `${left} s` : formatDuration(left * 1_000);
  });
  return <span className={cn("whitespace-nowrap tabular-nums", className)}>{text}</span>;
}
