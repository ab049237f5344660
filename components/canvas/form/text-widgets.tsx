"use client";

import { useState } from "react";
import { Input } from "#components/ui/input.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import type { JsonValue } from "#lib/shared/json.ts";
import { ExpressionInput } from "../expression/expression-input.tsx";
import { FieldRow } from "./field-row.tsx";
import { useForm } from "./form-context.ts";
import { readJsonText, writeJsonText } from "./json-text.ts";
import type { WidgetProps } from "./widget-props.ts";

function textOf(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

// An emptied field goes back to the default; an emptied required one stays empty, which is a fault worth telling.
function emptied(text: string, required: boolean): string | undefined {
  return text === "" && !required ? undefined : text;
}

/** One line, several lines, or an expression. */
export function TextWidget({ field, path, value }: WidgetProps) {
  const form = useForm();
  const set = (text: string) => form.set(path, emptied(text, field.required));
  const placeholder = field.placeholder ?? textOf(field.defaultValue);
  // An empty new field is not yet a mistake.
  const isSet = value !== undefined && value !== "";
  if (field.expression !== null) {
    const isExpression = field.expression === "cel" || textOf(value).includes("{{");
    return (
      <FieldRow field={field} path={path} isSet={isSet} hint={isExpression ? "expression" : null}>
        <ExpressionInput
          mode={field.expression}
          label={field.label}
          names={field.names}
          wanted={field.wanted}
          multiline={field.widget !== "text" || field.expression === "cel"}
          value={textOf(value)}
          onValueChange={(text) => form.set(path, readCode(text, field.required))}
          placeholder={placeholder}
          readOnly={form.readOnly}
        />
      </FieldRow>
    );
  }
  const common = { value: textOf(value), placeholder, readOnly: form.readOnly };
  return (
    <FieldRow field={field} path={path} isSet={isSet}>
      {field.widget === "textarea" ? (
        <Textarea {...common} onChange={(event) => set(event.target.value)} />
      ) : (
        <Input {...common} onChange={(event) => set(event.target.value)} />
      )}
    </FieldRow>
  );
}

// A condition may also be a list of statuses, `[200, 201]`, which is stored as the list it is.
function readCode(text: string, required: boolean): JsonValue | undefined {
  if (/^\s*\[[\d\s,]*\]\s*$/.test(text)) {
    const parsed = readJsonText(text);
    if (parsed.ok) return parsed.value;
  }
  return emptied(text, required);
}

/** Any JSON value, edited as text. What is not valid stays in the field, told as such, and the last valid value holds. */
export function JsonWidget({ field, path, value }: WidgetProps) {
  const form = useForm();
  const [typed, setTyped] = useState<{ text: string; value: JsonValue | undefined } | null>(null);
  const external = typed === null || JSON.stringify(typed.value) !== JSON.stringify(value);
  const text = external ? writeJsonText(value) : typed.text;
  const read = readJsonText(text);
  const change = (next: string) => {
    const parsed = readJsonText(next);
    setTyped({ text: next, value: parsed.ok ? parsed.value : value });
    if (parsed.ok && JSON.stringify(parsed.value) !== JSON.stringify(value)) form.set(path, parsed.value);
  };
  return (
    <FieldRow field={field} path={path} isSet={value !== undefined} localError={read.ok ? null : read.message} hint="JSON">
      <ExpressionInput
        mode="json"
        label={field.label}
        multiline
        value={text}
        onValueChange={change}
        placeholder={field.placeholder ?? writeJsonText(field.defaultValue)}
        readOnly={form.readOnly}
        className="[&_.cm-content]:min-h-16"
      />
    </FieldRow>
  );
}
