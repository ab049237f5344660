import { ExpressionError } from "#lib/expressions/error.ts";
import { createEvaluate } from "#lib/expressions/evaluate.ts";
import { isJsonObject, type JsonValue } from "#lib/shared/json.ts";

/* One change made to the frozen inputs of many items. Pure: the preview and the redrive make the same of the same input. */

export interface InputEdit {
  /** Where in the input: `body.order.id`, `body.lines.0.price`. */
  path: string;
  /** What stands there then; in its templates `item` is the input as it failed. */
  value: JsonValue;
}

export type EditedInput = { input: JsonValue } | { problem: string };

/** More than any honest change of a field takes. */
const maxSteps = 100_000;

/** Makes the change to a copy, or says why it cannot be made. `now` is ISO 8601. */
export function editInput(input: JsonValue, { path, value }: InputEdit, now: string): EditedInput {
  const copy = structuredClone(input);
  const names = path.split(".");
  const field = names.pop() ?? "";
  let place = copy;
  for (const name of names) {
    const next = childOf(place, name);
    if (next === undefined) return { problem: `it has no ${path}: there is no ${name}` };
    place = next;
  }
  try {
    const scope = { trigger: null, steps: {}, run: {}, vars: {}, connection: {}, item: input, now };
    const made = createEvaluate(scope, { maxSteps }).template(value);
    if (!put(place, field, made)) return { problem: `it has no ${path}` };
    return { input: copy };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return { problem: error.message };
  }
}

function childOf(place: JsonValue, name: string): JsonValue | undefined {
  if (Array.isArray(place)) return place[Number(name)];
  return isJsonObject(place) && Object.hasOwn(place, name) ? place[name] : undefined;
}

/** A list keeps its length; an object may get a new field. */
function put(place: JsonValue, field: string, value: JsonValue): boolean {
  if (Array.isArray(place)) {
    const index = Number(field);
    if (!Number.isInteger(index) || index < 0 || index >= place.length) return false;
    place[index] = value;
    return true;
  }
  if (!isJsonObject(place)) return false;
  Object.defineProperty(place, field, { value, writable: true, enumerable: true, configurable: true });
  return true;
}
