import { sentence } from "#components/ui/format.ts";
import type { AuditEntry } from "#lib/shared/api-types.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "#lib/shared/json.ts";

/** "dead_letter.redriven" → "Dead letter redriven". */
export function actionWords(action: string): string {
  return sentence(action.replaceAll(/[._-]/g, " "));
}

export interface AuditChange {
  name: string;
  before: string;
  after: string;
}

export interface AuditDetails {
  changes: AuditChange[];
  facts: { name: string; value: string }[];
}

/** What entries that only say `from` and `to` are about. */
const changed: Record<string, string> = { renamed: "name", role_changed: "role", rolled_back: "version" };

/** What stands for an id that bears a name: of people, mostly. */
export type Names = ReadonlyMap<string, string>;

const nobody: Names = new Map();

/** The details of an entry as what was and what is, and what else was written down. What did not change is left out. */
export function readDetails({ action, details }: Pick<AuditEntry, "action" | "details">, names: Names = nobody): AuditDetails {
  const { before, after, from, to, ...rest } = details;
  if ("from" in details && "to" in details) {
    const name = changed[action.split(".").at(-1) ?? ""] ?? "value";
    return { changes: [{ name, before: valueWords(from, names), after: valueWords(to, names) }], facts: factsOf(rest, names) };
  }
  if (!isJsonObject(before)) return { changes: [], facts: factsOf({ ...objectOf(after), ...rest }, names) };
  // Some say what is beside what was; a thing that is gone has nothing after.
  const is = "after" in details ? after : rest;
  const facts = "after" in details ? rest : {};
  if (!isJsonObject(is)) return { changes: changesOf(before, {}, names), facts: factsOf(facts, names) };
  const both = Object.keys(before).filter((name) => Object.hasOwn(is, name));
  return {
    changes: changesOf(pick(before, both), is, names),
    facts: factsOf(
      {
        ...pick(
          is,
          Object.keys(is).filter((name) => !both.includes(name)),
        ),
        ...facts,
      },
      names,
    ),
  };
}

const objectOf = (value: JsonValue | undefined): JsonObject => (isJsonObject(value) ? value : {});

function pick(values: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(names.map((name) => [name, values[name] ?? null]));
}

function changesOf(before: JsonObject, after: JsonObject, names: Names): AuditChange[] {
  return Object.keys(before)
    .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name] ?? null))
    .map((name) => ({ name: nameWords(name), before: valueWords(before[name], names), after: valueWords(after[name], names) }));
}

function factsOf(values: JsonObject, names: Names): AuditDetails["facts"] {
  return Object.entries(values)
    .filter(([, value]) => value !== null && value !== "")
    .map(([name, value]) => ({ name: nameWords(name), value: valueWords(value, names) }));
}

/** "assigneeId" → "assignee". */
function nameWords(name: string): string {
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replaceAll("_", " ")
    .toLowerCase();
  return words.replace(/(?<=.) id$/, "");
}

function valueWords(value: JsonValue | undefined, names: Names): string {
  if (value === null || value === undefined || value === "") return "–";
  if (typeof value === "string") return names.get(value) ?? value;
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value) && value.every((each) => typeof each === "string" || typeof each === "number")) return value.join(", ") || "–";
  return JSON.stringify(value);
}

const uuid = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

/** In one line, ids left out: "status: waiting → canceled; reason: a test". */
export function detailLine({ changes, facts }: AuditDetails): string {
  const parts = [
    ...changes.map(({ name, before, after }) => `${name}: ${before} → ${after}`),
    ...facts.filter(({ value }) => !uuid.test(value)).map(({ name, value }) => `${name}: ${value}`),
  ];
  return parts.join("; ");
}

/** Where what an entry is about is found; null when it has no page. */
export function entityHref({ entityType, entityId, issueId }: Pick<AuditEntry, "entityType" | "entityId" | "issueId">): string | null {
  if (entityType === "dead_letter") return issueId === null ? null : `/inbox?tab=all&issue=${issueId}&item=${entityId}`;
  const start = pages[entityType];
  return start === undefined ? null : `${start}${entityId}`;
}

const pages: Record<string, string> = {
  workflow: "/workflows/",
  run: "/runs/",
  issue: "/inbox?tab=all&issue=",
  redrive: "/inbox/redrives/",
  run_batch: "/runs/bulk/",
  approval: "/approvals/",
};
