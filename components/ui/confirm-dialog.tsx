"use client";

import { type ReactNode, useState } from "react";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { Field } from "./field.tsx";
import { Input } from "./input.tsx";

export interface ConfirmDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  children?: ReactNode;
  /** The verb and its object: "Delete 3 tokens". */
  confirmLabel: string;
  danger?: boolean;
  loading?: boolean;
  /** Why it cannot be done now. */
  disabledReason?: string | null;
  /** For what cannot be undone: the word that must be typed. */
  typeToConfirm?: string;
  onConfirm: () => void;
}

/** Asks before something that Undo does not cover. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const {
    open,
    onOpenChange,
    title,
    children,
    confirmLabel,
    danger = false,
    loading = false,
    disabledReason = null,
    typeToConfirm,
    onConfirm,
  } = props;
  const [typed, setTyped] = useState("");
  const missing = typeToConfirm !== undefined && typed !== typeToConfirm;
  const change = (next: boolean) => {
    setTyped("");
    onOpenChange(next);
  };
  return (
    <Dialog
      open={open}
      onOpenChange={change}
      title={title}
      footer={
        <>
          <Button onClick={() => change(false)}>Cancel</Button>
          <Button
            data-confirm
            variant={danger ? "danger-solid" : "primary"}
            loading={loading}
            disabledReason={missing ? `Type ${typeToConfirm} first` : disabledReason}
            onClick={onConfirm}
          >
            {confirmLabel}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3 text-fg-muted">{children}</div>
      {typeToConfirm === undefined ? null : (
        <Field label={`Type ${typeToConfirm} to confirm`} className="mt-3">
          <Input value={typed} onChange={(event) => setTyped(event.target.value)} autoComplete="off" />
        </Field>
      )}
    </Dialog>
  );
}
