import { sentence } from "#components/ui/format.ts";
import type { AlertKind, AlertRuleView, ChannelKind } from "#lib/shared/alert-types.ts";
import { healthKinds } from "#lib/shared/health-kinds.ts";

export const channelKindWords: Record<ChannelKind, { label: string; help: string }> = {
  webhook: { label: "Webhook", help: "A signed POST (Standard Webhooks) to an address of yours." },
  slack: { label: "Slack", help: "An incoming webhook of Slack, or of what takes the same messages." },
  email: { label: "Mail", help: "Plain text through this instance's mail server." },
};

/** What happens to an issue, as the end of "when an issue …". */
export const kindVerbs: Record<AlertKind, string> = {
  opened: "opens",
  regressed: "comes back",
  escalating: "gets worse",
  unsnoozed: "ends its snooze",
};

/** Of the log: what people were told of. */
export const kindLabels: Record<AlertKind, string> = {
  opened: "New issue",
  regressed: "Came back",
  escalating: "Gets worse",
  unsnoozed: "Snooze ended",
};

/** The types of issues a rule can choose among. */
export const issueTypes = [
  "permanent",
  "exhausted",
  "unknown_outcome",
  "output_invalid",
  "rejected",
  "stopped",
  "compensation",
  "poison",
  "deadline",
  "connection_auth",
  "trigger_rejected",
  ...healthKinds,
] as const;

/** `connection_auth`: "Connection auth". */
export function typeWords(type: string): string {
  return sentence(type.replaceAll("_", " "));
}

type Told = Pick<AlertRuleView, "kinds" | "criticalOnly" | "issueTypes"> & {
  workflows: readonly { name: string }[];
  channels: readonly { name: string }[];
};

/** A rule in words: "When a critical issue of Orders opens or comes back, notify On call." */
export function ruleSentence({ kinds, criticalOnly, issueTypes: types, workflows, channels }: Told): string {
  const what = types.length === 0 ? "issue" : `issue of type ${listed(types.map((type) => typeWords(type).toLowerCase()))}`;
  const where = workflows.length === 0 ? "any workflow" : listed(workflows.map(({ name }) => name));
  const happens = kinds.length === 0 ? "…" : listed(kinds.map((kind) => kindVerbs[kind]));
  const whom =
    channels.length === 0
      ? "nobody"
      : listed(
          channels.map(({ name }) => name),
          "and",
        );
  return `When ${criticalOnly ? "a critical" : "an"} ${what} of ${where} ${happens}, notify ${whom}.`;
}

/** "a", "a or b", "a, b or c"; of many the first three. */
function listed(words: readonly string[], last = "or"): string {
  const shown = words.length > 4 ? [...words.slice(0, 3), `${words.length - 3} more`] : [...words];
  const end = shown.pop() ?? "";
  return shown.length === 0 ? end : `${shown.join(", ")} ${last} ${end}`;
}
