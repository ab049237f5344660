"use client";

import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { formatAbsolute } from "#components/ui/format.ts";
import { Input } from "#components/ui/input.tsx";
import { useZone } from "#components/ui/preferences.ts";
import { errorOf, readNumber } from "#components/ui/read-number.ts";
import { fromLocalInput, toLocalInput } from "#components/ui/zoned.ts";
import type { Snooze } from "./use-triage.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Nine in the morning of the day that `ahead` falls on, in a zone. */
function morning(aheadMs: number, zone: string): string {
  const day = toLocalInput(new Date(Date.now() + aheadMs).toISOString(), zone).slice(0, 10);
  return fromLocalInput(`${day}T09:00`, zone) ?? new Date(Date.now() + aheadMs).toISOString();
}

/** Without the seconds, which nobody chose. */
function toTheMinute(iso: string, zone: string): string {
  return formatAbsolute(Date.parse(iso), zone).replace(/:\d\d(?= )/, "");
}

const empty = { until: "", more: "", rate: "", newer: false, reason: "" };

/** What is typed, as a snooze; or why it is none. */
function useSnooze(zone: string) {
  const [fields, setFields] = useState(empty);
  const until = fromLocalInput(fields.until, zone);
  const more = readNumber(fields.more, { min: 1, max: 1_000_000, whole: true, empty: null });
  const rate = readNumber(fields.rate, { min: 0.2, max: 1_000_000, empty: null });
  const errors = {
    until: until !== null && Date.parse(until) <= Date.now() ? "The time is in the past" : null,
    more: errorOf(more),
    rate: errorOf(rate),
  };
  const reason = fields.reason.trim();
  const ends: Snooze = {
    ...(until === null ? {} : { until }),
    ...("value" in more && more.value !== null ? { moreItems: more.value } : {}),
    ...("value" in rate && rate.value !== null ? { ratePerMinute: rate.value } : {}),
    ...(fields.newer ? { newerVersion: true } : {}),
  };
  const wrong = errors.until ?? errors.more ?? errors.rate;
  return {
    fields,
    set: (change: Partial<typeof empty>) => setFields({ ...fields, ...change }),
    errors,
    problem: wrong ?? (Object.keys(ends).length === 0 ? "Say when it comes back" : null),
    because: reason === "" ? {} : { reason },
    snooze: reason === "" ? ends : { ...ends, reason },
  };
}

interface SnoozeDialogProps {
  /** How many issues. */
  count: number;
  onClose: () => void;
  onSnooze: (snooze: Snooze) => void;
}

/** When the issue should come back: at a time, or when it gets worse, or when there is a newer version. */
export function SnoozeDialog({ count, onClose, onSnooze }: SnoozeDialogProps) {
  const zone = useZone();
  const { fields, set, errors, problem, because, snooze } = useSnooze(zone);
  const presets = [
    { label: "1 hour", at: new Date(Date.now() + hourMs).toISOString() },
    { label: "Tomorrow morning", at: morning(dayMs, zone) },
    { label: "In a week", at: morning(7 * dayMs, zone) },
  ];
  const pick = (choice: Snooze) => {
    onClose();
    onSnooze(choice);
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      width="md"
      title={count === 1 ? "Snooze until" : `Snooze ${count} issues until`}
      description="What is snoozed comes back by itself and says why. New items are gathered meanwhile."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button data-confirm variant="primary" disabledReason={problem} onClick={() => pick(snooze)}>
            Snooze
          </Button>
        </>
      }
    >
      <div className="grid gap-2 pt-0.5 sm:grid-cols-3">
        {presets.map((preset, index) => (
          <Button
            key={preset.label}
            className="h-auto flex-col items-start gap-0 py-1.5"
            onClick={() => pick({ until: preset.at, ...because })}
            {...(index === 0 ? { "data-autofocus": true } : {})}
          >
            {preset.label}
            <span className="font-normal text-fg-muted text-sm">{toTheMinute(preset.at, zone)}</span>
          </Button>
        ))}
      </div>
      <fieldset className="mt-4 grid gap-3 sm:grid-cols-2">
        <legend className="mb-2 text-fg-muted">Or at whichever of these comes first</legend>
        <Field label="At a time" aside={zone} error={errors.until} className="sm:col-span-2">
          <Input type="datetime-local" value={fields.until} onChange={(event) => set({ until: event.target.value })} />
        </Field>
        <Field label="After so many more items" error={errors.more}>
          <Input inputMode="numeric" value={fields.more} onChange={(event) => set({ more: event.target.value })} />
        </Field>
        <Field label="At so many a minute" error={errors.rate}>
          <Input inputMode="decimal" value={fields.rate} onChange={(event) => set({ rate: event.target.value })} />
        </Field>
        <Checkbox
          className="sm:col-span-2"
          label="When a newer version is live"
          checked={fields.newer}
          onCheckedChange={(newer) => set({ newer })}
        />
      </fieldset>
      <Field label="Reason" optional className="mt-3">
        <Input value={fields.reason} maxLength={500} onChange={(event) => set({ reason: event.target.value })} />
      </Field>
    </Dialog>
  );
}
