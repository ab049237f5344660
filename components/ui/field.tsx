"use client";

import { CircleAlert } from "lucide-react";
import { cloneElement, type ReactElement, type ReactNode, useId } from "react";
import { cn } from "./cn.ts";

interface ControlProps {
  id?: string;
  "aria-describedby"?: string | undefined;
  "aria-invalid"?: boolean | undefined;
}

export interface FieldProps {
  label: ReactNode;
  help?: ReactNode;
  error?: string | null | undefined;
  /** Beside the label, on the right: a hint, a small button. */
  aside?: ReactNode;
  optional?: boolean;
  className?: string | undefined;
  /** The control: it gets the id and the aria attributes. */
  children: ReactElement<ControlProps>;
}

/** Label, control, help and error, wired together for screen readers. */
export function Field({ label, help, error, aside, optional = false, className, children }: FieldProps) {
  const made = useId();
  const id = children.props.id ?? made;
  const helpId = `${id}-help`;
  const errorId = `${id}-error`;
  const ids = [help ? helpId : null, error ? errorId : null].filter(Boolean).join(" ");
  const describedBy = ids === "" ? undefined : ids;
  return (
    <div className={cn("flex flex-col gap-1", className)}>
      <div className="flex min-h-4 items-baseline justify-between gap-2">
        <label htmlFor={id} className="font-medium text-fg text-sm">
          {label}
          {optional ? <span className="ml-1 font-normal text-fg-subtle">optional</span> : null}
        </label>
        {aside ? <span className="text-fg-subtle text-sm">{aside}</span> : null}
      </div>
      {cloneElement(children, { id, "aria-describedby": describedBy, "aria-invalid": error ? true : undefined })}
      {help ? (
        <p id={helpId} className="text-fg-muted text-sm">
          {help}
        </p>
      ) : null}
      <FieldError id={errorId} message={error} />
    </div>
  );
}

/** The error line under a control. Announced when it appears. */
export function FieldError({ id, message }: { id?: string; message: string | null | undefined }) {
  if (!message) return null;
  return (
    <p id={id} role="alert" className="flex items-start gap-1 text-danger text-sm">
      <CircleAlert aria-hidden className="mt-0.5 size-3 shrink-0" />
      {message}
    </p>
  );
}
