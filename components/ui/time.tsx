"use client";

import type { ReactNode } from "react";
import { cn } from "./cn.ts";
import { CopyButton } from "./copy-button.tsx";
import { formatAbsolute, formatRelative } from "./format.ts";
import { useTicking } from "./now.ts";
import { usePreferences, useZone } from "./preferences.ts";
import { Tooltip } from "./tooltip.tsx";

export interface TimeProps {
  /** ISO 8601. */
  at: string;
  /** Show the absolute time in place; the tooltip stays. */
  absolute?: boolean;
  /** Other words for it: a clock, a countdown, the time in another zone. */
  children?: ReactNode;
  /** In a list that arrow keys go through: -1 on all lines but the one the keyboard stands on. */
  tabIndex?: 0 | -1;
  className?: string;
}

/** A moment: relative and ticking; on hover or focus absolute with zone, and in UTC. */
export function Time({ at, absolute = false, children, tabIndex = 0, className }: TimeProps) {
  const zone = useZone();
  const { hour12 } = usePreferences();
  const ms = Date.parse(at);
  const text = useTicking((nowMs) => (absolute ? formatAbsolute(ms, zone, hour12) : formatRelative(ms, nowMs, zone)));
  return (
    <Tooltip content={<Absolute ms={ms} zone={zone} hour12={hour12} />}>
      <time dateTime={at} tabIndex={tabIndex} className={cn("relative whitespace-nowrap rounded tabular-nums", className)}>
        {children ?? text}
      </time>
    </Tooltip>
  );
}

/** Drawn when it is asked for: a list has hundreds. */
function Absolute({ ms, zone, hour12 }: { ms: number; zone: string; hour12: boolean }) {
  return (
    <span className="grid grid-cols-[auto_1fr] items-center gap-x-2 tabular-nums">
      <span className="text-fg-subtle">{zone}</span>
      <span>{formatAbsolute(ms, zone, hour12)}</span>
      <span className="text-fg-subtle">UTC</span>
      <span>{new Date(ms).toISOString().replace("T", " ").replace("Z", "")}</span>
    </span>
  );
}

/** The absolute time with a copy button, for detail pages. */
export function TimeWithCopy({ at }: { at: string }) {
  return (
    <span className="inline-flex items-center gap-0.5">
      <Time at={at} absolute />
      <CopyButton text={at} label="time" className="size-6" />
    </span>
  );
}
