import { AppError } from "#lib/shared/errors.ts";
import { isHealthKind } from "#lib/shared/health-kinds.ts";
import type { IssueView } from "#lib/shared/inbox-types.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import type { Context } from "../context.ts";
import { listQuery } from "../list-query.ts";
import { authorize } from "../permissions.ts";
import { readIssue } from "./read-issue.ts";

interface Counts {
  status: string;
  items: number;
}

interface Named {
  id: string;
  name: string;
}

interface PerHour {
  hour: string;
  items: number;
  total: number;
}

const countItems =
  "SELECT status, count(*)::int AS items FROM dead_letter WHERE issue_id = $1 AND workspace_id = $2 GROUP BY status ORDER BY status";
/** The hours with most of it, in their order. */
const worstHours = `
  SELECT to_char(hour AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:00') AS hour, items, total FROM (
    SELECT date_trunc('hour', dead_at, 'UTC') AS hour, count(*)::int AS items, count(*) OVER ()::int AS total FROM dead_letter
    WHERE issue_id = $1 AND workspace_id = $2 GROUP BY 1 ORDER BY items DESC LIMIT 24) h ORDER BY hour`;
const listRedrives = `
  SELECT count(*) FILTER (WHERE i.state = 'succeeded')::int AS succeeded, count(*) FILTER (WHERE i.state = 'failed')::int AS failed,
    count(*) FILTER (WHERE i.state = 'skipped')::int AS skipped, count(*) OVER ()::int AS total, r.id, r.act, r.name, r.status, r.created_at
  FROM redrive r JOIN redrive_item i ON i.redrive_id = r.id JOIN dead_letter l ON l.id = i.dead_letter_id
  WHERE l.issue_id = $1 AND r.workspace_id = $2 GROUP BY r.id ORDER BY r.id DESC LIMIT 50`;

/** Whoever an issue was given to, also those who have left since. */
const findAssignees = `
  SELECT u.id, u.name FROM auth_user u WHERE u.id IN (
    SELECT a.details::json ->> 'to' FROM issue_activity a WHERE a.issue_id = $1 AND a.workspace_id = $2 AND a.action = 'assigned')`;

/** The issues that items came from or went to. */
const findOthers = `
  SELECT i.id, i.title AS name FROM issue i WHERE i.workspace_id = $2 AND i.id IN (
    SELECT coalesce(a.details::json ->> 'into', a.details::json ->> 'from')::uuid FROM issue_activity a
    WHERE a.issue_id = $1 AND a.workspace_id = $2 AND a.action IN ('merged', 'took_over', 'split', 'split_off'))`;

interface RedriveRow {
  id: string;
  act: keyof typeof actWords;
  name: string;
  status: string;
  created_at: Date;
  total: number;
  succeeded: number;
  failed: number;
  skipped: number;
}

/** Writes down what happened to an issue, as Markdown: when, how often, in which versions, who did what, and how it ended. */
export async function writePostMortem({ ctx, input }: { ctx: Context; input: { id: string } }): Promise<string> {
  authorize(ctx.actor, "issues:read");
  const issue = await readIssue(ctx, input.id);
  if (issue.mergedInto !== null) throw new AppError("conflict", `this issue was merged into ${issue.mergedInto}`);
  const key = [input.id, ctx.workspaceId];
  const [counts, hours, redrives, assignees, others] = await Promise.all([
    listQuery<Counts>(ctx, countItems, key),
    listQuery<PerHour>(ctx, worstHours, key),
    listQuery<RedriveRow>(ctx, listRedrives, key),
    listQuery<Named>(ctx, findAssignees, key),
    listQuery<Named>(ctx, findOthers, key),
  ]);
  const names = new Map([...assignees, ...others].map(({ id, name }) => [id, name]));
  const acts = new Map(redrives.map((row) => [row.id, bulkName(row)]));
  const parts = [
    `# ${line(issue.title)}`,
    summary(issue, counts),
    section("Runbook", issue.runbook),
    section("Notes", issue.note),
    section(
      "Failures by hour (UTC)",
      table(
        ["hour", "items"],
        hours.map((row) => [row.hour, String(row.items)]),
      ),
      leftOut(hours, "hour", "with fewer items"),
    ),
    section(
      "Bulk acts",
      table(["started", "act", "status", "succeeded", "failed again", "skipped"], redrives.toReversed().map(redriveCells)),
      leftOut(redrives, "older act"),
    ),
    section("Timeline", timeline(issue, names, acts)),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function summary(issue: IssueView, counts: Counts[]): string {
  const versions =
    issue.firstVersion === issue.lastVersion ? `${issue.firstVersion ?? "–"}` : `${issue.firstVersion} to ${issue.lastVersion}`;
  const flags = [issue.regressed ? "regressed" : "", issue.escalating ? "escalating" : ""].filter((flag) => flag !== "");
  const facts = [
    ...about(issue),
    ["Status", [issue.status, ...flags].join(", ")],
    ["First seen", issue.firstSeenAt],
    ["Last seen", issue.lastSeenAt],
    ...(isHealthKind(issue.type)
      ? [["Times", String(issue.count)]]
      : [
          ["Failures", String(issue.count)],
          ["Items", counts.map(({ status, items }) => `${items} ${status}`).join(", ") || "none"],
          ["Versions", versions],
        ]),
    ["Assignee", issue.assignee?.name ?? "nobody"],
  ];
  return table(
    ["", ""],
    facts.map(([name = "", value = ""]) => [`**${name}**`, value]),
  );
}

function about({ workflowName, nodeName, connection }: IssueView): string[][] {
  if (workflowName !== null) return [["Workflow and step", [workflowName, nodeName].filter((name) => name !== null).join(" › ")]];
  return connection === null ? [] : [["Connection", connection.name]];
}

/** Oldest first, as it happened. */
function timeline(issue: IssueView, names: ReadonlyMap<string, string>, bulkActs: ReadonlyMap<string, string>): string {
  const more = issue.moreActivity;
  const older = more === 0 ? [] : [`- … ${count(more, "line")} between, not listed here: the newest ${issue.activity.length} follow`];
  const began = { at: issue.firstSeenAt, text: "first seen" };
  const acts = issue.activity.map(({ at, actor, action, details }) => {
    // The last two are how a snooze is kept, not what somebody chose.
    const { deadLetterId: _item, countAt: _count, versionAt: _version, redriveId, ...rest } = details;
    if (redriveId !== undefined) rest.as = bulkActs.get(String(redriveId)) ?? "an act that is not kept";
    if (rest.to === null) rest.to = "nobody";
    for (const key of ["to", "from", "into"]) {
      const name = names.get(String(rest[key]));
      if (name !== undefined) rest[key] = name;
    }
    return { at, text: `${actor === "system keeper" ? "Sluice" : line(actor)}: ${action.replaceAll("_", " ")}${detailText(rest)}` };
  });
  const [first = "", ...rest] = [began, ...acts].toSorted((a, b) => (a.at < b.at ? -1 : 1)).map(({ at, text }) => `- ${at} ${text}`);
  return [first, ...older, ...rest].join("\n");
}

function detailText(details: Record<string, JsonValue>): string {
  const pairs = Object.entries(details).map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`);
  return pairs.length === 0 ? "" : ` (${line(pairs.join(", "))})`;
}

const actWords = { redrive: "redrive", discard: "discard", reopen: "bring back" };

/** The name somebody gave a bulk act; without one what it did and when. */
function bulkName({ act, name, created_at: at }: RedriveRow): string {
  return name === "" ? `bulk ${actWords[act]} of ${at.toISOString().slice(0, 16).replace("T", " ")} UTC` : name;
}

function redriveCells(row: RedriveRow): string[] {
  return [row.created_at.toISOString(), bulkName(row), row.status, String(row.succeeded), String(row.failed), String(row.skipped)];
}

function section(title: string, body: string, remark = ""): string {
  return body.trim() === "" ? "" : `## ${title}\n\n${body.trim()}${remark}`;
}

/** What a table does not hold. `total` counts the rows there are. */
function leftOut(rows: { total: number }[], what: string, how = ""): string {
  const more = (rows[0]?.total ?? 0) - rows.length;
  return more === 0 ? "" : `\n\n… and ${[count(more, what), how].filter((part) => part !== "").join(" ")}.`;
}

function count(number: number, what: string): string {
  return `${number} more ${what}${number === 1 ? "" : "s"}`;
}

function table(head: string[], rows: string[][]): string {
  if (rows.length === 0) return "";
  const write = (cells: string[]) => `| ${cells.map((text) => line(text).replaceAll("|", "\\|")).join(" | ")} |`;
  return [write(head), `| ${head.map(() => "---").join(" | ")} |`, ...rows.map(write)].join("\n");
}

/** What others wrote stays on its line. */
function line(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}
