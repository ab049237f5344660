import type { RunView } from "#lib/shared/api-types.ts";
import { isJsonObject, type JsonValue } from "#lib/shared/json.ts";

const secretName = /authorization|cookie|token|api-?key|secret|password|signature/i;

/** The same value with headers that carry secrets hidden, for showing and downloading. What calls sent is masked when it is stored. */
export function maskHeaders(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(maskHeaders);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, child]) => [
      name,
      name === "headers" && isJsonObject(child) ? masked(child) : maskHeaders(child ?? null),
    ]),
  );
}

function masked(headers: Record<string, JsonValue | undefined>): JsonValue {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, secretName.test(name) ? "[hidden]" : (value ?? null)]));
}

/** A run as the API gave it, for a file that may be passed on. */
export function runAsJson(run: RunView): JsonValue {
  const plain: JsonValue = JSON.parse(JSON.stringify(run));
  return maskHeaders(plain);
}
