import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { parseAsArrayOf, parseAsString, parseAsStringLiteral } from "nuqs";
import { api } from "#components/api/client.ts";
import { type AlertChannelView, type AlertRuleView, type AlertView, alertStates } from "#lib/shared/alert-types.ts";
import type { Page } from "#lib/shared/api-types.ts";

export const alertTabs = ["sent", "rules", "channels"] as const;

/** What the address of the page says. */
export const tabParser = parseAsStringLiteral(alertTabs).withDefault("sent");
/** The rule or channel that is open, `new` for one to be made. */
export const editParser = parseAsString.withOptions({ history: "push" });

/** The filters of the log. */
export const logParsers = {
  state: parseAsArrayOf(parseAsStringLiteral(alertStates)).withDefault([]),
  ruleId: parseAsString,
  channelId: parseAsString,
  issueId: parseAsString,
};

export interface LogFilter {
  state: string[];
  ruleId: string | null;
  channelId: string | null;
  issueId: string | null;
}

/** One page of the log; more is asked for with its cursor. */
export function logPage(filter: LogFilter, cursor: string | null, signal: AbortSignal) {
  return api.get<Page<AlertView>>("/alerts", { signal, query: { ...filter, cursor, limit: 50 } });
}

export const rulesQuery = queryOptions({
  queryKey: ["alert-rules"],
  queryFn: ({ signal }) => api.get<Page<AlertRuleView>>("/alert-rules", { signal }),
});

export const channelsQuery = queryOptions({
  queryKey: ["alert-channels"],
  queryFn: ({ signal }) => api.get<Page<AlertChannelView>>("/channels", { signal }),
});

/** Changes something of alerts and fetches again what shows it. */
export function useAlertMutation<Input, Output>(mutationFn: (input: Input) => Promise<Output>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn,
    onSettled: () => Promise.all(["alert-rules", "alert-channels", "alerts"].map((key) => client.invalidateQueries({ queryKey: [key] }))),
  });
}
