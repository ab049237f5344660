"use client";

import { WandSparkles } from "lucide-react";
import { Button } from "#components/ui/button.tsx";
import { Switch } from "#components/ui/switch.tsx";
import { createEvaluate } from "#lib/expressions/evaluate.ts";
import type { WorkflowNode } from "#lib/graph/document.ts";
import { getDefinition } from "#lib/nodes/registry.definitions.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "#lib/shared/json.ts";
import { useSample } from "../expression/sample-context.ts";
import { useForm } from "../form/form-context.ts";
import { JsonWidget } from "../form/text-widgets.tsx";
import { policyField } from "./policy-fields.ts";
import { schemaFromSample } from "./schema-from-sample.ts";

/** What a step's input and output must look like; what does not is refused before the call, or after it. */
export function ValidateFields({ node, policy }: { node: WorkflowNode; policy: JsonObject }) {
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
          <JsonWidget
            field={{ ...schemaField, label: `JSON Schema of the ${name === "validateInput" ? "input" : "output"}` }}
            path={[...path, "schema"]}
            value={schema}
          />
          {form.readOnly ? null : (
            <Button
              size="sm"
              icon={<WandSparkles aria-hidden />}
              className="self-start"
              onClick={() => form.set([...path, "schema"], schemaFromSample(sample()))}
            >
              Make it from the sample
            </Button>
          )}
        </>
      )}
    </div>
  );
}
