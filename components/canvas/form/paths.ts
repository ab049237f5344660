import { isJsonObject, type JsonValue, own } from "#lib/shared/json.ts";

export type Path = readonly string[];

/** The value at a path; undefined when there is none. */
export function getAt(value: JsonValue | undefined, path: Path): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>((current, key) => own(current, key), value);
}

/**
 * A copy with another value at a path; undefined takes the key away, so that the default holds again. Objects on the way
 * are made where they are missing.
 */
export function setAt(value: JsonValue | undefined, path: Path, next: JsonValue | undefined): JsonValue | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return next;
  if (Array.isArray(value)) {
    const index = Number(key);
    const changed = setAt(value[index], rest, next);
    if (changed === undefined) return value.toSpliced(index, 1);
    return index < value.length ? value.with(index, changed) : [...value, changed];
  }
  const object = isJsonObject(value) ? value : {};
  const changed = setAt(object[key], rest, next);
  if (changed !== undefined) return { ...object, [key]: changed };
  const { [key]: _gone, ...others } = object;
  return others;
}
