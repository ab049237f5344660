"use client";

import { WandSparkles } from "lucide-react";
import { Suspense } from "react";
import { Button } from "#components/ui/button.tsx";
import { lazyPart } from "#components/ui/lazy.tsx";
import { Select } from "#components/ui/select.tsx";
import { Switch } from "#components/ui/switch.tsx";
import { createEvaluate } from "#lib/expressions/evaluate.ts";
import type { WorkflowNode } from "#lib/graph/document.ts";
import { inputCheckSchema } from "#lib/graph/policy.ts";
import { getDefinition } from "#lib/nodes/registry.definitions.ts";
import type { ResolvedPolicy } from "#lib/policies/defaults.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "#lib/shared/json.ts";
import { useSample } from "../expression/sample-context.ts";
import { FieldRow } from "../form/field-row.tsx";
import { useForm } from "../form/form-context.ts";
import { formOfSchema } from "../form/form-model.ts";
import { JsonWidget } from "../form/text-widgets.tsx";
import { policyField } from "./policy-fields.ts";
import { schemaFromSample } from "./schema-from-sample.ts";

// Its own code: it knows all disposable e-mail domains, which are a megabyte.
const CheckVerdict = lazyPart(async () => (await import("./check-verdict.tsx")).CheckVerdict);

/** What a step's input and output must look like; what does not is refused before the call, or after it. */
export function ValidateFields({ node, policy, resolved }: { node: WorkflowNode; policy: JsonObject; resolved: ResolvedPolicy }) {
  const sample = useSample();
  const input = (): JsonValue => {
    if (sample === null) return node.config;
    try {
      return createEvaluate(sample.scope).template(node.config);
    } catch {
      return node.config;
    }
  };
  const output = (): JsonValue => getDefinition(node.type)?.sampleOutput ?? {};
  return (
    <>
      <Side
        name="validateInput"
        label="Check the input"
        description="After its expressions are worked out, before anything is called."
        policy={policy}
        sample={input}
      />
      <Suspense>{resolved.validateInput === null ? null : <CheckVerdict check={resolved.validateInput} input={input} />}</Suspense>
      <Side
        name="validateOutput"
        label="Check the output"
        description="What the remote answered, before the next step sees it."
        policy={policy}
        sample={output}
      />
    </>
  );
}

interface SideProps {
  name: "validateInput" | "validateOutput";
  label: string;
  description: string;
  policy: JsonObject;
  sample: () => JsonValue;
}

const schemaField = policyField({ key: "schema", label: "JSON Schema", widget: "json", required: true });

function Side({ name, label, description, policy, sample }: SideProps) {
  const form = useForm();
  const section = policy[name];
  const schema = isJsonObject(section) ? section.schema : undefined;
  const path = ["policy", name];
  return (
    <div className="flex flex-col gap-2">
      <Switch
        checked={section !== undefined}
        disabled={form.readOnly}
        onCheckedChange={(on) => form.set(path, on ? { schema: schemaFromSample(sample()) } : undefined)}
        label={label}
        description={description}
      />
      {section === undefined ? null : (
        <>
          {name === "validateInput" ? <FieldChecks section={isJsonObject(section) ? section : {}} sample={sample} /> : null}
          {name === "validateInput" && schema === undefined ? null : (
            <SchemaCheck name={name} path={[...path, "schema"]} schema={schema} sample={sample} />
          )}
        </>
      )}
    </div>
  );
}

function SchemaCheck({
  name,
  path,
  schema,
  sample,
}: Pick<SideProps, "name" | "sample"> & { path: string[]; schema: JsonValue | undefined }) {
  const form = useForm();
  return (
    <>
      <JsonWidget
        field={{ ...schemaField, label: `JSON Schema of the ${name === "validateInput" ? "input" : "output"}` }}
        path={path}
        value={schema}
      />
      {form.readOnly ? null : (
        <Button
          size="sm"
          icon={<WandSparkles aria-hidden />}
          className="self-start"
          onClick={() => form.set(path, schemaFromSample(sample()))}
        >
          Make it from the sample
        </Button>
      )}
    </>
  );
}

const ways = [
  { value: "schema", label: "By a JSON Schema", description: "Its shape as a whole." },
  { value: "fields", label: "Field by field", description: "The steps of a validation, on copies." },
  { value: "both", label: "Both", description: "All failures are reported together." },
] as const;
type Way = (typeof ways)[number]["value"];

const wayField = policyField({ key: "by", label: "How the input is checked", widget: "select" });
const fieldsField = formOfSchema(inputCheckSchema).filter(({ key }) => key === "fields");

/** Whether an input is checked by its fields, its schema or both, and the fields. */
function FieldChecks({ section, sample }: { section: JsonObject; sample: () => JsonValue }) {
  const form = useForm();
  const { Fields } = form;
  const path = ["policy", "validateInput"];
  const way: Way = section.fields === undefined ? "schema" : section.schema === undefined ? "fields" : "both";
  const choose = (next: Way) =>
    form.set(path, {
      ...(next !== "fields" && { schema: section.schema ?? schemaFromSample(sample()) }),
      ...(next !== "schema" && { fields: section.fields ?? [firstField(sample())] }),
    });
  return (
    <>
      <FieldRow field={wayField} path={path} isSet={false}>
        <Select options={ways} value={way} onValueChange={choose} disabled={form.readOnly} />
      </FieldRow>
      {way === "schema" ? null : <Fields fields={fieldsField} path={path} value={section} />}
    </>
  );
}

/** The first field of the sample, as a start to edit. */
function firstField(sample: JsonValue): JsonObject {
  return { path: isJsonObject(sample) ? (Object.keys(sample)[0] ?? "") : "", required: true, steps: [] };
}
