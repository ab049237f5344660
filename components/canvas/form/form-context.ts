"use client";

import { type ComponentType, createContext, use } from "react";
import type { JsonObject, JsonValue } from "#lib/shared/json.ts";
import type { FormField } from "./form-model.ts";
import type { Path } from "./paths.ts";

export interface FieldsProps {
  fields: FormField[];
  path: Path;
  value: JsonObject;
}

/** What the fields of one form share. Paths start below the node: `["config", "url"]`. */
export interface FormContextValue {
  readOnly: boolean;
  /** Writes a value; undefined goes back to the default. */
  set(path: Path, value: JsonValue | undefined): void;
  /** What is wrong with exactly this field. */
  errorAt(path: Path): string | null;
  /** Draws the fields of an object. Here because a list holds fields that may hold lists. */
  Fields: ComponentType<FieldsProps>;
  connections: { value: string; label: string; description: string }[];
}

export const FormContext = createContext<FormContextValue | null>(null);

export function useForm(): FormContextValue {
  const form = use(FormContext);
  if (form === null) throw new Error("this field must be inside a form");
  return form;
}

/** The `data-field` of a field, by which the problem list finds it. */
export function fieldId(path: Path): string {
  return path.join(".");
}
