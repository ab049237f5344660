"use client";

import { useMutation } from "@tanstack/react-query";
import { api } from "#components/api/client.ts";
import type { PollSample } from "#lib/shared/api-types.ts";
import type { RunHandle } from "../run/use-run.ts";

/** Polls once as the draft would, as it is on the screen. Nothing is kept of it. */
export function usePollSample(workflowId: string, nodeId: string, run: RunHandle) {
  return useMutation({
    mutationFn: async () => {
      await run.saveDraft();
      return api.post<PollSample>(`/workflows/${workflowId}/nodes/${encodeURIComponent(nodeId)}/poll-sample`);
    },
  });
}
