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

/** The details of an entry as what was and what is, and what else was written down. What did not change is left out. */
export function readDetails({ action, details }: Pick<AuditEntry, "action" | "details">): AuditDetails {
  const { before, after, from, to, ...rest } = details;
  if ("from" in details && "to" in details) {
    const name = changed[action.split(".").at(-1) ?? ""] ?? "value";
    return { changes: [{ name: nameWords(name), before: valueWords(from), after: valueWords(to) }], facts: factsOf(rest) };
  }
  if (!("before" in details) && !("after" in details)) return { changes: [], facts: factsOf(details) };
  // Some say what is beside what was.
  const is = "after" in details ? after : rest;
  const facts = "after" in details ? rest : {};
  if (isAbsent(before) && isJsonObject(is)) return { changes: [], facts: factsOf({ ...is, ...facts }) };
  return { changes: changesOf(objectOf(before), objectOf(is)), facts: factsOf(facts) };
}

const isAbsent = (value: JsonValue | undefined) => value === null || value === undefined;
const objectOf = (value: JsonValue | undefined): JsonObject =>
  isJsonObject(value) ? value : isAbsent(value) ? {} : { value: value ?? null };

function changesOf(before: JsonObject, after: JsonObject): AuditChange[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names
    .filter((name) => JSON.stringify(before[name] ?? null) !== JSON.stringify(after[name] ?? null))
    .map((name) => ({ name: nameWords(name), before: valueWords(before[name]), after: valueWords(after[name]) }));
}

function factsOf(values: JsonObject): AuditDetails["facts"] {
  return Object.entries(values)
    .filter(([, value]) => value !== null && value !== "")
    .map(([name, value]) => ({ name: nameWords(name), value: valueWords(value) }));
}

/** "assigneeId" → "assignee id". */
function nameWords(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replaceAll("_", " ")
    .toLowerCase();
}

function valueWords(value: JsonValue | undefined): string {
  if (value === null || value === undefined || value === "") return "–";
  if (typeof value === "string") return value;
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
