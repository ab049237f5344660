import type { JsonValue } from "#lib/shared/json.ts";
import type { FormField } from "../form/form-model.ts";

/** Makes a field of the reliability forms; `defaultValue` is what holds when nothing is set here. */
export function policyField(
  a: Partial<FormField> & Pick<FormField, "key" | "label" | "widget"> & { defaultValue?: JsonValue | undefined },
): FormField {
  return {
    help: null,
    placeholder: null,
    expression: null,
    wanted: null,
    names: [],
    required: false,
    options: [],
    min: null,
    max: null,
    fields: [],
    discriminator: null,
    variants: [],
    item: null,
    anyValue: false,
    showWhen: null,
    ...a,
    defaultValue: a.defaultValue,
  };
}
