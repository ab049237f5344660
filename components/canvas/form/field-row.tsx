"use client";

import { RotateCcw } from "lucide-react";
import { type FocusEvent, type ReactElement, type ReactNode, useState } from "react";
import { IconButton } from "#components/ui/button.tsx";
import { CodeText } from "#components/ui/code-text.tsx";
import { Field } from "#components/ui/field.tsx";
import { fieldId, useForm } from "./form-context.ts";
import type { FormField } from "./form-model.ts";
import type { Path } from "./paths.ts";

interface FieldRowProps {
  field: Pick<FormField, "label" | "help" | "required" | "defaultValue">;
  path: Path;
  /** Whether a value is set here, so that it can be taken back to the default. */
  isSet: boolean;
  /** Beside the label: the range, the unit. */
  hint?: ReactNode;
  /** Shown instead of the problem of the document, for a text that did not even get there. */
  localError?: string | null;
  children: ReactElement<{ id?: string; "aria-describedby"?: string | undefined; "aria-invalid"?: boolean | undefined }>;
}

/**
 * Label, control, help and error of one setting. A fault is told once the person has left the field, or at once when it
 * was there before.
 */
export function FieldRow({ field, path, isSet, hint, localError = null, children }: FieldRowProps) {
  const form = useForm();
  const [left, setLeft] = useState(false);
  const [focused, setFocused] = useState(false);
  const error = localError ?? form.errorAt(path);
  const shown = error !== null && (left || (!focused && isSet)) ? sentence(error) : null;
  const resettable = isSet && !form.readOnly && (field.defaultValue !== undefined || !field.required);
  const onBlur = (event: FocusEvent) => {
    if (event.currentTarget.contains(event.relatedTarget)) return;
    setLeft(true);
    setFocused(false);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: watches whether the focus is in the field
    <div data-field={fieldId(path)} onFocus={() => setFocused(true)} onBlur={onBlur} className="group/field">
      <Field
        label={
          <>
            {field.label}
            {field.required ? (
              <span aria-hidden className="ml-0.5 text-danger">
                *
              </span>
            ) : null}
          </>
        }
        help={field.help ? <CodeText text={field.help} /> : undefined}
        error={shown}
        aside={
          <span className="flex items-center gap-1">
            {resettable ? (
              <IconButton
                label={field.defaultValue === undefined ? `Clear ${field.label}` : `Reset ${field.label} to its default`}
                icon={<RotateCcw aria-hidden />}
                className="-my-1 size-5 opacity-0 focus-visible:opacity-100 group-focus-within/field:opacity-100 group-hover/field:opacity-100 [&_svg]:size-3"
                onClick={() => form.set(path, undefined)}
              />
            ) : null}
            {hint}
          </span>
        }
      >
        {children}
      </Field>
    </div>
  );
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
