import { queryOptions } from "@tanstack/react-query";
import { api } from "#components/api/client.ts";
import type { Page, VersionView } from "#lib/shared/api-types.ts";
import type { DeadLetterView, ReplayPlan } from "#lib/shared/inbox-types.ts";
import { isJsonObject, type JsonValue } from "#lib/shared/json.ts";

/** What somebody chose in the dialog. */
export interface ReplayChoice {
  /** `failed`, `start`, or the id of an earlier step. */
  from: string;
  version: "same" | "live" | `${number}`;
  keys: "same" | "new";
}

/** The choice as the API takes it; without an input the original one is used. */
export interface ReplayBody {
  from: string;
  version: "same" | "live" | number;
  keys: "same" | "new";
  input?: JsonValue;
  /** Why, for the activity of the issue. */
  note?: string;
}

export function toBody({ from, version, keys }: ReplayChoice, input: JsonValue | undefined): ReplayBody {
  const wish = version === "same" || version === "live" ? version : Number(version);
  return { from, version: wish, keys, ...(input === undefined ? {} : { input }) };
}

/** What the server says the choice would do, and what stands against it. */
export function replayPlanQuery(itemId: string, body: ReplayBody) {
  return queryOptions({
    queryKey: ["replay-plan", itemId, body],
    queryFn: ({ signal }) => api.post<ReplayPlan>(`/dead-letters/${itemId}/redrive/plan`, body, { signal }),
  });
}

export function versionsQuery(workflowId: string) {
  return queryOptions({
    queryKey: ["versions", workflowId],
    queryFn: ({ signal }) => api.get<Page<VersionView>>(`/workflows/${workflowId}/versions`, { signal }),
  });
}

/**
 * What can be edited: the input of the failed step, or the data of the event from the start. An event that is but a body is shown
 * as its body, which is how it is given. Null: what an earlier step gets is made anew from the event.
 */
export function editableOf(item: Pick<DeadLetterView, "input" | "event">, from: string): JsonValue | null {
  if (from === "failed") return item.input;
  if (from !== "start") return null;
  const { event } = item;
  return isJsonObject(event) && Object.keys(event).join() === "body" ? (event.body ?? null) : event;
}
