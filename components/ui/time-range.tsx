"use client";

import { CalendarRange, ChevronDown } from "lucide-react";
import { useState } from "react";
import { Button, buttonClass } from "./button.tsx";
import { cn } from "./cn.ts";
import { Field } from "./field.tsx";
import { formatAbsolute } from "./format.ts";
import { Input } from "./input.tsx";
import { Popover } from "./popover.tsx";
import { useZone } from "./preferences.ts";
import { fromLocalInput, toLocalInput } from "./zoned.ts";

export const lastRanges = ["15m", "1h", "24h", "7d", "30d"] as const;
export type LastRange = (typeof lastRanges)[number];

const minuteMs = 60_000;

export const lastRangeMs: Record<LastRange, number> = {
  "15m": 15 * minuteMs,
  "1h": 60 * minuteMs,
  "24h": 1_440 * minuteMs,
  "7d": 10_080 * minuteMs,
  "30d": 43_200 * minuteMs,
};

const words: Record<LastRange, string> = {
  "15m": "Last 15 minutes",
  "1h": "Last hour",
  "24h": "Last 24 hours",
  "7d": "Last 7 days",
  "30d": "Last 30 days",
};

/** A relative range stays relative; an absolute one is kept in UTC whatever zone is shown. */
export interface TimeRangeValue {
  last: LastRange | null;
  from: string | null;
  to: string | null;
}

export interface TimeRangeProps {
  value: TimeRangeValue;
  onValueChange: (value: TimeRangeValue) => void;
}

function describe(value: TimeRangeValue, zone: string): string {
  if (value.last) return words[value.last];
  const at = (iso: string) => formatAbsolute(Date.parse(iso), zone).replace(/:\d\d (\S+)$/, " $1");
  if (value.from && value.to) return `${at(value.from)} to ${at(value.to)}`;
  if (value.from) return `Since ${at(value.from)}`;
  if (value.to) return `Until ${at(value.to)}`;
  return "Any time";
}

/** The time filter of a list. */
export function TimeRange({ value, onValueChange }: TimeRangeProps) {
  const [open, setOpen] = useState(false);
  const zone = useZone();
  const pick = (next: TimeRangeValue) => {
    onValueChange(next);
    setOpen(false);
  };
  const isSet = value.last !== null || value.from !== null || value.to !== null;
  return (
    <Popover
      label="Time range"
      open={open}
      onOpenChange={setOpen}
      className="w-72"
      trigger={
        <button type="button" className={cn(buttonClass(), "font-normal", isSet && "border-accent text-accent-text")}>
          <CalendarRange aria-hidden className="text-fg-subtle" />
          {describe(value, zone)}
          <ChevronDown aria-hidden className="text-fg-subtle" />
        </button>
      }
    >
      <div className="flex flex-col gap-0.5">
        <Choice chosen={!isSet} onPick={() => pick({ last: null, from: null, to: null })}>
          Any time
        </Choice>
        {lastRanges.map((last) => (
          <Choice key={last} chosen={value.last === last} onPick={() => pick({ last, from: null, to: null })}>
            {words[last]}
          </Choice>
        ))}
      </div>
      <CustomRange key={`${value.from} ${value.to}`} value={value} zone={zone} onPick={pick} />
    </Popover>
  );
}

function Choice({ chosen, onPick, children }: { chosen: boolean; onPick: () => void; children: string }) {
  return (
    <button
      type="button"
      aria-pressed={chosen}
      onClick={onPick}
      className={cn("h-7 rounded px-2 text-left hover:bg-hover", chosen && "bg-accent-tint text-accent-text")}
    >
      {children}
    </button>
  );
}

function CustomRange({ value, zone, onPick }: { value: TimeRangeValue; zone: string; onPick: (value: TimeRangeValue) => void }) {
  const [from, setFrom] = useState(value.from ? toLocalInput(value.from, zone) : "");
  const [to, setTo] = useState(value.to ? toLocalInput(value.to, zone) : "");
  const reason =
    from === "" && to === ""
      ? "Enter a start or an end"
      : from !== "" && to !== "" && from >= to
        ? "The start must be before the end"
        : null;
  return (
    <form
      className="mt-2 flex flex-col gap-2 border-t pt-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (!reason) onPick({ last: null, from: fromLocalInput(from, zone), to: fromLocalInput(to, zone) });
      }}
    >
      <Field label="From" aside={zone}>
        <Input type="datetime-local" value={from} onChange={(event) => setFrom(event.target.value)} />
      </Field>
      <Field label="To">
        <Input type="datetime-local" value={to} onChange={(event) => setTo(event.target.value)} />
      </Field>
      <Button type="submit" size="sm" disabledReason={reason}>
        Apply
      </Button>
    </form>
  );
}
