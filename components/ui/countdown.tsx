"use client";

import { formatDuration } from "./format.ts";
import { useTicking } from "./now.ts";
import { Time } from "./time.tsx";

/** Time left until a moment: "12 s", "4 min 3 s"; "now" when it has come. On hover or focus the moment. */
export function Countdown({ until, className }: { until: string; className?: string }) {
  return (
    <Time at={until} {...(className ? { className } : {})}>
      <TimeLeft until={until} />
    </Time>
  );
}

/** The same where the keyboard cannot stop at it, as on the canvas. */
export function TimeLeft({ until }: { until: string }) {
  return useTicking((nowMs) => {
    const left = Math.ceil((Date.parse(until) - nowMs) / 1_000);
    if (left <= 0) return "now";
    return left < 60 ? `${left} s` : formatDuration(left * 1_000);
  });
}
