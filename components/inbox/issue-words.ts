import { formatCount, plural, sentence } from "#components/ui/format.ts";
import type { MemberView } from "#lib/shared/api-types.ts";
import { isHealthKind } from "#lib/shared/health-kinds.ts";
import type { IssuePresence, IssueSummary, IssueView } from "#lib/shared/inbox-types.ts";
import type { JsonObject } from "#lib/shared/json.ts";

/** "v3", "v2–v5"; empty when only drafts failed. */
export function versionWords({ firstVersion, lastVersion }: Pick<IssueSummary, "firstVersion" | "lastVersion">): string {
  if (firstVersion === null || lastVersion === null) return "";
  return firstVersion === lastVersion ? `v${lastVersion}` : `v${firstVersion}–v${lastVersion}`;
}

/** Whether it is about no items of the inbox: a connection that is refused, deliveries that are, a state of things. */
export function isItemless({ type }: Pick<IssueSummary, "type">): boolean {
  return type === "trigger_rejected" || type === "connection_auth" || isHealthKind(type);
}

/** Where it is: "Orders › Book the order", "Acme CRM", "This workspace". */
export function placeWords({ workflowName, nodeName, connection }: Pick<IssueSummary, "workflowName" | "nodeName" | "connection">): string {
  if (workflowName !== null) return nodeName === null ? workflowName : `${workflowName} › ${nodeName}`;
  return connection?.name ?? "This workspace";
}

/** Whether it goes on: a state of things is seen again and again, so that when it was seen last tells nothing. A worker that was lost is no state. */
export function isOngoing({ type, status }: Pick<IssueSummary, "type" | "status">): boolean {
  return isHealthKind(type) && type !== "worker_lost" && status !== "resolved";
}

/** Why it is not merged with another; null when it may be. */
export function unmergeable({ type, workflowId }: Pick<IssueSummary, "type" | "workflowId">): string | null {
  return workflowId === null || isHealthKind(type) ? "It has no items to be merged" : null;
}

/** Why its items are in the inbox. */
export function kindWords(kind: string): string {
  return kind === "stopped" ? "Stopped on purpose" : sentence(kind.replaceAll("_", " "));
}

/** How many came lately: "34 in the last 24 hours". */
export function arrivalWords({ arrivals }: Pick<IssueSummary, "arrivals">): string {
  const sum = arrivals.reduce((total, count) => total + count, 0);
  return sum === 0 ? "None in the last 24 hours" : `${formatCount(sum)} in the last 24 hours`;
}

/** What else than a time brings a snoozed issue back: "after 10 more items or when a newer version is live". */
export function snoozeWords(snooze: JsonObject): string {
  const { moreItems, ratePerMinute, newerVersion } = snooze;
  const ends = [
    typeof moreItems === "number" ? `after ${plural(moreItems, "more item", "more items")}` : null,
    typeof ratePerMinute === "number" ? `at ${ratePerMinute} a minute` : null,
    newerVersion === true ? "when a newer version is live" : null,
  ].filter((end) => end !== null);
  return ends.join(" or ");
}

const presenceActs = { looking: "looking at this", writing: "writing a note", redriving: "about to redrive" } as const;

/** Who else is at an issue: "Ada is about to redrive, and 2 others are here". Who does most comes first. */
export function presenceWords(others: IssuePresence["others"]): string {
  const [first, second, ...rest] = others;
  if (!first) return "";
  const words = `${first.name} is ${presenceActs[first.doing]}`;
  if (!second) return words;
  return rest.length === 0 ? `${words}, and ${second.name} is here` : `${words}, and ${rest.length + 1} others are here`;
}

type Line = IssueView["activity"][number];

const acts: Record<string, string> = {
  acknowledged: "acknowledged it",
  ignored: "ignored it",
  reopened: "reopened it",
  noted: "changed the note",
  undone: "took the last change back",
  merged: "merged it into another issue",
  took_over: "merged another issue into it",
  split: "split items off it",
  split_off: "split it off another issue",
  discarded: "discarded an item",
  brought_back: "brought a discarded item back",
  unsnoozed: "brought it back",
  escalating: "found it escalating",
  calmed: "found it calm again",
  regressed: "saw it come back after it was resolved",
};

/** What became of a call that nobody knew the outcome of. */
const decisions: Record<string, string> = {
  done: "found that a call of unknown outcome took effect",
  repeat: "found that a call of unknown outcome did not take effect, and sent it again",
  failed: "gave up a call of unknown outcome",
  "look-up": "asked the remote about a call of unknown outcome",
};

const bulkActs: Record<string, string> = {
  bulk_redriven: "redrove",
  bulk_discarded: "discarded",
  bulk_brought_back: "brought back",
};

/** What somebody did, as words that follow a name. */
export function activityWords({ action, details }: Line, members: readonly MemberView[]): string {
  if (action === "snoozed") return "snoozed it until it comes back";
  if (action === "resolved") return typeof details.after === "number" ? `resolved it in the version after ${details.after}` : "resolved it";
  if (action === "redriven") {
    const words = details.edited === true ? "edited and redrove an item" : "redrove an item";
    return details.keys === "new" ? `${words} under new keys` : words;
  }
  if (action === "decided") return decisions[String(details.as)] ?? "decided an unknown outcome";
  if (action in bulkActs) return `${bulkActs[action]} ${plural(Number(details.items), "item")} in bulk`;
  if (action === "assigned") {
    if (details.to === null) return "assigned it to nobody";
    const name = members.find((member) => member.userId === details.to)?.name ?? "somebody who has left";
    return details.as === "publisher" ? `assigned it to ${name}, who had published the workflow last` : `assigned it to ${name}`;
  }
  return acts[action] ?? action.replaceAll(/[._-]/g, " ");
}
