"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { api, messageOf } from "#components/api/client.ts";
import { toast } from "#components/ui/toast.tsx";
import type { DeadLetterView } from "#lib/shared/inbox-types.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import type { ReplayBody } from "./replay-choice.ts";

/** Fetches again everything that a change of an item touches. */
export function useRefetchItems() {
  const client = useQueryClient();
  return () =>
    Promise.all(
      ["dead-letters", "dead-letter", "issues", "issue", "issue-counts", "run"].map((key) => client.invalidateQueries({ queryKey: [key] })),
    );
}

/** Runs the failed step, or more, again as chosen; in its own run or in a new one. */
export function useRedrive(item: DeadLetterView, onDone: () => void) {
  const refetch = useRefetchItems();
  const router = useRouter();
  return useMutation({
    mutationFn: (body: ReplayBody) =>
      api.post<{ runId: string }>(`/dead-letters/${item.id}/redrive`, body, { idempotencyKey: crypto.randomUUID() }),
    onSuccess: async ({ runId }) => {
      onDone();
      const href = runId === item.runId ? `/runs/${runId}?step=${item.stepId}` : `/runs/${runId}`;
      toast.success("Redrive started", {
        description: "The item leaves the inbox when it has succeeded.",
        action: { label: "Open run", onClick: () => router.push(href) },
      });
      await refetch();
    },
  });
}

/** Gives the item up, with a reason. */
export function useDiscard(item: DeadLetterView, onDone: () => void) {
  const refetch = useRefetchItems();
  const reopen = useReopen(item.id);
  return useMutation({
    mutationFn: (reason: string) => api.post(`/dead-letters/${item.id}/discard`, { reason }),
    onSuccess: async () => {
      onDone();
      toast.success("Item discarded", {
        description: "It stays visible under this issue.",
        action: { label: "Undo", onClick: () => reopen.mutate() },
      });
      await refetch();
    },
  });
}

/** Takes the discarding of an item back. */
export function useReopen(itemId: string) {
  const refetch = useRefetchItems();
  return useMutation({
    mutationFn: () => api.post(`/dead-letters/${itemId}/reopen`),
    onSuccess: () => toast.success("Item brought back", { description: "It is open again." }),
    onError: (error) => toast.error("The item could not be brought back", { description: messageOf(error) }),
    onSettled: refetch,
  });
}

export interface Decision {
  as: "done" | "repeat" | "failed" | "look-up";
  result?: JsonValue;
}

/** Settles an unknown outcome. */
export function useDecide(item: DeadLetterView, onDone: () => void) {
  const refetch = useRefetchItems();
  return useMutation({
    mutationFn: (decision: Decision) => api.post<{ runId: string }>(`/dead-letters/${item.id}/decide`, decision),
    onSuccess: async (_answer, { as }) => {
      onDone();
      toast.success(as === "look-up" ? "The remote is asked" : "Decision recorded");
      await refetch();
    },
  });
}
