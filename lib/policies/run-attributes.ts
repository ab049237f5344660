import { createEvaluate } from "#lib/expressions/evaluate.ts";
import type { AttributeRule, AttributeType } from "#lib/graph/attributes.ts";
import type { WorkflowDocument } from "#lib/graph/document.ts";
import { toError } from "#lib/shared/errors.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import { masked } from "#lib/shared/masked.ts";
import { oneEvent } from "./batch.ts";

/** What a run is found by. Either it has a value, or a problem says why it has none. */
export interface RunAttribute {
  name: string;
  type: AttributeType;
  /** Of a text, and `true` or `false`. */
  text: string | null;
  number: number | null;
  /** ISO 8601, in UTC. */
  time: string | null;
  problem: string | null;
}

/** Longer texts are payload, which has a search of its own. */
const maxTextLength = 200;
/** Over a large body it must not hold up the process that takes deliveries. */
const maxSteps = 100_000;

interface Arriving {
  settings: Pick<WorkflowDocument["settings"], "attributes" | "arrivals">;
  trigger: () => JsonValue;
  now: number;
}

/**
 * The attributes of a run, by its workflow's settings; undefined for most workflows, which have none. To be called beside `gateOf`
 * by whoever accepts an event. What cannot be worked out, or is of another type, is left out and told: the run goes on without it.
 */
export function attributesOf({ settings, trigger, now }: Arriving): RunAttribute[] | undefined {
  const rules = settings.attributes;
  if (rules === undefined || rules.length === 0) return undefined;
  const scope = { trigger: oneEvent(settings, trigger()), steps: {}, run: {}, vars: {}, connection: {}, now: new Date(now).toISOString() };
  const evaluate = createEvaluate(scope, { maxSteps });
  return rules.map((rule) => {
    try {
      return toAttribute(rule, evaluate.template(rule.value));
    } catch (thrown) {
      return without(rule, toError(thrown).message);
    }
  });
}

function without({ name, type }: AttributeRule, problem: string): RunAttribute {
  return { name, type, text: null, number: null, time: null, problem: problem.slice(0, 300) };
}

function toAttribute(rule: AttributeRule, value: JsonValue | undefined): RunAttribute {
  const { name, type } = rule;
  const bare = { name, type, text: null, number: null, time: null, problem: null };
  if (value === null || value === undefined || value === "") return without(rule, "its expression gave no value");
  if (typeof value === "string" && value.includes(masked)) return without(rule, "it is a secret, and secrets are never stored");
  switch (type) {
    case "text":
      return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
        ? ofText(rule, String(value))
        : wrong(rule, value);
    case "number": {
      const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
      return typeof number === "number" && Number.isFinite(number) ? { ...bare, number } : wrong(rule, value);
    }
    case "boolean": {
      const text = String(value);
      return text === "true" || text === "false" ? { ...bare, text } : wrong(rule, value);
    }
    case "time": {
      const ms = typeof value === "number" ? value : typeof value === "string" && isDate.test(value) ? Date.parse(value) : Number.NaN;
      return inRange(ms) ? { ...bare, time: new Date(ms).toISOString() } : wrong(rule, value);
    }
  }
}

/** A date, or a time with its zone: without one nobody knows when it is. */
const isDate = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2}))?$/;
const inRange = (ms: number) => ms >= -62_135_596_800_000 && ms <= 253_402_300_799_999;

function ofText(rule: AttributeRule, value: string): RunAttribute {
  const text = value.replaceAll("\0", "").toWellFormed().normalize("NFC").trim();
  if (text === "") return without(rule, "its expression gave only white space");
  if (text.length > maxTextLength) return without(rule, `it has ${text.length} characters; at most ${maxTextLength} are kept`);
  return { name: rule.name, type: rule.type, text, number: null, time: null, problem: null };
}

const kinds = { number: "a number", boolean: "true or false", time: "a time such as 2026-11-26T09:00:00Z", text: "a text" } as const;

function wrong(rule: AttributeRule, value: JsonValue): RunAttribute {
  const given = Array.isArray(value) ? "a list" : typeof value === "object" ? "an object" : JSON.stringify(value).slice(0, 60);
  return without(rule, `its expression gave ${given}, which is not ${kinds[rule.type]}`);
}
