"use client";

import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { formatAbsolute } from "#components/ui/format.ts";
import { Input } from "#components/ui/input.tsx";
import { useZone } from "#components/ui/preferences.ts";
import { fromLocalInput, toLocalInput } from "#components/ui/zoned.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Nine in the morning of the day that `ahead` falls on, in a zone. */
function morning(aheadMs: number, zone: string): string {
  const day = toLocalInput(new Date(Date.now() + aheadMs).toISOString(), zone).slice(0, 10);
  return fromLocalInput(`${day}T09:00`, zone) ?? new Date(Date.now() + aheadMs).toISOString();
}

/** When the issue should come back. */
export function SnoozeDialog({ onClose, onSnooze }: { onClose: () => void; onSnooze: (until: string) => void }) {
  const zone = useZone();
  const [custom, setCustom] = useState("");
  const until = fromLocalInput(custom, zone);
  const reason = until === null ? "Enter a time" : Date.parse(until) <= Date.now() ? "The time is in the past" : null;
  const pick = (iso: string) => {
    onClose();
    onSnooze(iso);
  };
  const presets = [
    { label: "1 hour", at: new Date(Date.now() + hourMs).toISOString() },
    { label: "Tomorrow morning", at: morning(dayMs, zone) },
    { label: "In a week", at: morning(7 * dayMs, zone) },
  ];
  return (
    <Dialog open onOpenChange={onClose} title="Snooze until" description="It comes back by itself. New items are gathered meanwhile.">
      <div className="flex flex-col gap-2">
        {presets.map((preset, index) => (
          <Button
            key={preset.label}
            className="justify-between"
            onClick={() => pick(preset.at)}
            {...(index === 0 ? { "data-autofocus": true } : {})}
          >
            {preset.label}
            <span className="font-normal text-fg-muted text-sm">{formatAbsolute(Date.parse(preset.at), zone)}</span>
          </Button>
        ))}
      </div>
      <form
        className="mt-4 flex items-end gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          if (until && !reason) pick(until);
        }}
      >
        <Field label="Another time" aside={zone} className="flex-1">
          <Input type="datetime-local" value={custom} onChange={(event) => setCustom(event.target.value)} />
        </Field>
        <Button type="submit" disabledReason={reason}>
          Snooze
        </Button>
      </form>
    </Dialog>
  );
}
