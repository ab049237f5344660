"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { api, messageOf } from "#components/api/client.ts";
import { download } from "#components/ui/download.ts";
import { toast } from "#components/ui/toast.tsx";
import type { RunStarted, WorkflowSummary, WorkflowView } from "#lib/shared/api-types.ts";

export interface NewWorkflow {
  name: string;
  templateId?: string;
  document?: unknown;
}

/** Creates a workflow and opens it in the editor. */
export function useCreateWorkflow() {
  const client = useQueryClient();
  const router = useRouter();
  return useMutation({
    mutationFn: (input: NewWorkflow) => api.post<WorkflowView>("/workflows", input),
    onSuccess: (workflow) => {
      void client.invalidateQueries({ queryKey: ["workflows"] });
      router.push(`/workflows/${workflow.id}`);
    },
  });
}

/** What the row menu does; each tells its outcome in a toast. */
export function useWorkflowActions() {
  const client = useQueryClient();
  const router = useRouter();
  const refetch = () => client.invalidateQueries({ queryKey: ["workflows"] });
  const attempt = async (what: string, act: () => Promise<void>) => {
    try {
      await act();
      await refetch();
    } catch (error) {
      toast.error(what, { description: messageOf(error) });
    }
  };
  const post = (workflow: WorkflowSummary, verb: string, body: object = {}) => api.post(`/workflows/${workflow.id}/${verb}`, body);

  return {
    pause: (workflow: WorkflowSummary, reason: string) =>
      attempt(`${workflow.name} could not be paused`, async () => {
        await post(workflow, "pause", reason ? { reason } : {});
        toast.success(`${workflow.name} paused`, {
          action: {
            label: "Undo",
            onClick: () => void attempt("It could not be resumed", async () => void (await post(workflow, "resume"))),
          },
        });
      }),
    resume: (workflow: WorkflowSummary) =>
      attempt(`${workflow.name} could not be resumed`, async () => {
        await post(workflow, "resume");
        toast.success(`${workflow.name} resumed`);
      }),
    archive: (workflow: WorkflowSummary) =>
      attempt(`${workflow.name} could not be archived`, async () => {
        await post(workflow, "archive");
        toast.success(`${workflow.name} archived`, { description: "Its runs are kept." });
      }),
    rename: (workflow: WorkflowSummary, name: string) =>
      attempt(`${workflow.name} could not be renamed`, async () => {
        await api.patch(`/workflows/${workflow.id}`, { name });
      }),
    duplicate: (workflow: WorkflowSummary) =>
      attempt(`${workflow.name} could not be duplicated`, async () => {
        const source = await api.get<WorkflowView>(`/workflows/${workflow.id}`);
        const made = await api.post<WorkflowView>("/workflows", { name: `${workflow.name} (copy)`, document: source.draft.document });
        toast.success(`${made.name} created`, { action: { label: "Open", onClick: () => router.push(`/workflows/${made.id}`) } });
      }),
    exportJson: (workflow: WorkflowSummary) =>
      attempt(`${workflow.name} could not be exported`, async () => {
        const source = await api.get<WorkflowView>(`/workflows/${workflow.id}`);
        download(`${workflow.name}.json`, JSON.stringify({ name: source.name, document: source.draft.document }, null, 2));
      }),
    runNow: (workflow: WorkflowSummary) =>
      attempt(`${workflow.name} could not be started`, async () => {
        const started = await api.post<RunStarted>(
          `/workflows/${workflow.id}/runs`,
          { mode: "live" },
          { idempotencyKey: crypto.randomUUID() },
        );
        toast.success(`${workflow.name} started`, { action: { label: "Open run", onClick: () => router.push(`/runs/${started.runId}`) } });
      }),
  };
}

export type WorkflowActions = ReturnType<typeof useWorkflowActions>;
