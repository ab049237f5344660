"use client";

import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import type { WorkflowSummary } from "#lib/shared/api-types.ts";
import type { WorkflowActions } from "./actions.ts";

export interface RowDialog {
  kind: "pause" | "rename" | "archive";
  workflow: WorkflowSummary;
}

/** The dialogs of a row's actions; one at a time. */
export function RowDialogs({ dialog, onClose, actions }: { dialog: RowDialog | null; onClose: () => void; actions: WorkflowActions }) {
  if (!dialog) return null;
  if (dialog.kind === "pause") return <PauseDialog workflow={dialog.workflow} onClose={onClose} actions={actions} />;
  if (dialog.kind === "rename") return <RenameDialog workflow={dialog.workflow} onClose={onClose} actions={actions} />;
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={`Archive ${dialog.workflow.name}?`}
      confirmLabel="Archive workflow"
      danger
      onConfirm={() => {
        onClose();
        void actions.archive(dialog.workflow);
      }}
    >
      <p>Its triggers stop: webhooks answer 404 and schedules do not fire. Its runs, versions and dead letters are kept.</p>
    </ConfirmDialog>
  );
}

function PauseDialog({ workflow, onClose, actions }: { workflow: WorkflowSummary; onClose: () => void; actions: WorkflowActions }) {
  const [reason, setReason] = useState("");
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={`Pause ${workflow.name}?`}
      description="Its triggers start nothing until somebody resumes it. Runs in progress go on."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            data-confirm
            variant="primary"
            onClick={() => {
              onClose();
              void actions.pause(workflow, reason.trim());
            }}
          >
            Pause workflow
          </Button>
        </>
      }
    >
      <Field label="Reason" optional help="Shown to everybody who opens it.">
        <Input value={reason} onChange={(event) => setReason(event.target.value)} maxLength={500} />
      </Field>
    </Dialog>
  );
}

function RenameDialog({ workflow, onClose, actions }: { workflow: WorkflowSummary; onClose: () => void; actions: WorkflowActions }) {
  const [name, setName] = useState(workflow.name);
  const missing = name.trim() === "" ? "Enter a name" : null;
  const submit = () => {
    if (missing) return;
    onClose();
    if (name.trim() !== workflow.name) void actions.rename(workflow, name.trim());
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Rename workflow"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button data-confirm variant="primary" disabledReason={missing} onClick={submit}>
            Rename
          </Button>
        </>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Field label="Name">
          <Input
            value={name}
            onChange={(event) => setName(event.target.value)}
            maxLength={120}
            onFocus={(event) => event.target.select()}
          />
        </Field>
      </form>
    </Dialog>
  );
}
