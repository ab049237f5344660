import type { JsonObject, JsonValue } from "#lib/shared/json.ts";

export interface PairRow {
  name: string;
  value: JsonValue;
}

export function pairRows(record: JsonObject): PairRow[] {
  return Object.entries(record).map(([name, value]) => ({ name, value }));
}

/** The record the rows stand for. Rows without a name are not part of it yet; of two with one name the first counts. */
export function rowsToRecord(rows: PairRow[]): JsonObject {
  const made: JsonObject = {};
  for (const { name, value } of rows) if (name !== "" && !Object.hasOwn(made, name)) made[name] = value;
  return made;
}
