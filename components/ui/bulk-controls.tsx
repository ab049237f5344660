"use client";

import { CircleStop, Pause, Play } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Button } from "./button.tsx";
import { ConfirmDialog } from "./confirm-dialog.tsx";

export type BulkChange = "pause" | "resume" | "cancel";

/** What a toast says once a change was made. */
export const bulkChangeWords: Record<BulkChange, string> = { pause: "Paused", resume: "Resumed", cancel: "Aborted" };

interface BulkControlsProps {
  status: "running" | "paused";
  /** Why this person may not, or null. */
  denied: string | null;
  pending: boolean;
  onChange: (change: BulkChange) => void;
  abort: { title: string; confirmLabel: string; text: ReactNode };
}

/** Pause, resume and abort of a bulk act that goes on. */
export function BulkControls({ status, denied, pending, onChange, abort }: BulkControlsProps) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      {status === "running" ? (
        <Button icon={<Pause aria-hidden />} disabledReason={denied} loading={pending} onClick={() => onChange("pause")}>
          Pause
        </Button>
      ) : (
        <Button variant="primary" icon={<Play aria-hidden />} disabledReason={denied} loading={pending} onClick={() => onChange("resume")}>
          Resume
        </Button>
      )}
      <Button variant="danger" icon={<CircleStop aria-hidden />} disabledReason={denied} onClick={() => setAsking(true)}>
        Abort
      </Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={abort.title}
        confirmLabel={abort.confirmLabel}
        danger
        loading={pending}
        onConfirm={() => {
          setAsking(false);
          onChange("cancel");
        }}
      >
        {abort.text}
      </ConfirmDialog>
    </>
  );
}
