"use client";

import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { useZone } from "#components/ui/preferences.ts";
import { fromLocalInput, toLocalInput } from "#components/ui/zoned.ts";
import type { AlertRuleView } from "#lib/shared/alert-types.ts";

const dayMs = 86_400_000;

interface MuteDialogProps {
  rule: AlertRuleView;
  onClose: () => void;
  onMute: (mute: { until: string; reason: string }) => void;
}

/** Until when a rule sends nothing, and why. */
export function MuteDialog({ rule, onClose, onMute }: MuteDialogProps) {
  const zone = useZone();
  const [typed, setTyped] = useState(() => toLocalInput(new Date(Date.now() + dayMs).toISOString(), zone));
  const [reason, setReason] = useState("");
  const until = fromLocalInput(typed, zone);
  const past = until !== null && Date.parse(until) <= Date.now() ? "The time is in the past" : null;
  const mute = () => {
    if (until === null) return;
    onMute({ until, reason: reason.trim() });
    onClose();
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={`Mute ${rule.name}`}
      description="The rule is looked at all the same: what it would have sent stands in the list."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button data-confirm variant="primary" disabledReason={past ?? (until === null ? "Say until when" : null)} onClick={mute}>
            Mute rule
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Field label="Until" aside={zone} error={past}>
          <Input type="datetime-local" value={typed} onChange={(event) => setTyped(event.target.value)} />
        </Field>
        <Field label="Reason" optional>
          <Input value={reason} maxLength={500} onChange={(event) => setReason(event.target.value)} />
        </Field>
      </div>
    </Dialog>
  );
}
