"use client";

import type { JsonObject } from "#lib/shared/json.ts";
import { useForm } from "../form/form-context.ts";
import { policyField } from "./policy-fields.ts";

const compensateField = policyField({
  key: "compensate",
  label: "Undo with",
  widget: "json",
  placeholder: '{ "request": { "method": "DELETE", "url": "https://…/{{ output.id }}" } }',
  help: "A request that undoes this step when its run is canceled, stopped or given up. It knows input and output.",
});

/** How what a step did is undone when its run comes to nothing. */
export function CompensateFields({ policy }: { policy: JsonObject }) {
  const { Fields } = useForm();
  return <Fields fields={[compensateField]} path={["policy"]} value={policy} />;
}
