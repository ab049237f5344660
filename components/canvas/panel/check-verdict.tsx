"use client";

import { CircleCheck, CircleX } from "lucide-react";
import { createEvaluate } from "#lib/expressions/evaluate.ts";
import { checkInput, type InputCheck } from "#lib/graph/field-steps/check-input.ts";
import type { FieldProblem } from "#lib/graph/field-steps/problem.ts";
import { stepSchema } from "#lib/graph/field-steps/schema.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import { useSample } from "../expression/sample-context.ts";

interface CheckVerdictProps {
  check: InputCheck;
  input: () => JsonValue;
}

/** What the checks of the input make of the sample, while they are typed. */
export function CheckVerdict({ check, input }: CheckVerdictProps) {
  const sample = useSample();
  if (sample === null) return null;
  const problems = problemsOf(check, input(), sample.scope);
  if (problems === null) return null;
  if (problems.length === 0) {
    return (
      <p role="status" className="flex gap-2 rounded-md bg-succeeded-tint px-2.5 py-1.5 text-sm text-succeeded">
        <CircleCheck aria-hidden className="mt-px size-3.5 shrink-0" />
        This sample passes.
      </p>
    );
  }
  return (
    <div role="status" className="rounded-md bg-failed-tint px-2.5 py-1.5 text-failed text-sm">
      <p className="flex gap-2 font-medium">
        <CircleX aria-hidden className="mt-px size-3.5 shrink-0" />
        This sample is refused.
      </p>
      <ul className="mt-0.5 pl-5.5">
        {problems.map(({ field, step, reason }) => (
          <li key={`${field} ${step} ${reason}`} className="wrap-anywhere">
            <span className="font-mono">{field || "input"}</span> {reason}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Null while the checks are not filled in: a draft may hold any half of them. */
function problemsOf(check: InputCheck, input: JsonValue, scope: Parameters<typeof createEvaluate>[0]): FieldProblem[] | null {
  const complete = check.fields.every(
    (field) => typeof field.path === "string" && field.path !== "" && stepSchema.array().safeParse(field.steps ?? []).success,
  );
  if (!complete) return null;
  const fields = check.fields.map((field) => ({ ...field, steps: field.steps ?? [] }));
  try {
    return checkInput({ schema: check.schema, fields }, input, createEvaluate(scope, { maxSteps: 100_000 }));
  } catch {
    // A schema that is being typed is told below its field.
    return null;
  }
}
