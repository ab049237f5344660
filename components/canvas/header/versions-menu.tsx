"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { GitCompare, History } from "lucide-react";
import { useState } from "react";
import { api, messageOf } from "#components/api/client.ts";
import { Badge } from "#components/ui/badge.tsx";
import { Button, ButtonLink, IconButton } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Popover } from "#components/ui/popover.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Time } from "#components/ui/time.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { VersionView, WorkflowView } from "#lib/shared/api-types.ts";
import { versionQuery, versionsQuery, workflowQuery } from "../queries.ts";
import { readDraft } from "../read-draft.ts";
import { useEditor, useEditorStore } from "../use-editor.ts";

/** The published versions: restore one into the draft, or make it live again. */
export function VersionsMenu({ workflow, compact = false }: { workflow: WorkflowView; compact?: boolean }) {
  const [open, setOpen] = useState(false);
  const [rollingBack, setRollingBack] = useState<number | null>(null);
  const versions = useQuery({ ...versionsQuery(workflow.id), enabled: open });
  const rollBack = useRollBack(workflow.id, () => setRollingBack(null));
  return (
    <>
      <Popover
        label="Versions"
        open={open}
        onOpenChange={setOpen}
        align="end"
        className="max-h-[28rem] w-96 overflow-y-auto p-1"
        trigger={
          compact ? (
            <IconButton label="Versions" icon={<History aria-hidden />} />
          ) : (
            <Button variant="ghost" size="sm" icon={<History aria-hidden />} className="hidden md:inline-flex">
              Versions
            </Button>
          )
        }
      >
        {versions.isPending ? <SkeletonRows rows={3} label="Loading versions" /> : null}
        {versions.error === null ? null : <p className="px-3 py-4 text-failed">{messageOf(versions.error)}</p>}
        {versions.data?.items.length === 0 ? (
          <p className="px-3 py-4 text-fg-muted">Nothing published yet. Publishing keeps each version for good.</p>
        ) : null}
        {versions.data === undefined || versions.data.items.length === 0 ? null : (
          <ButtonLink href={`/workflows/${workflow.id}/versions`} size="sm" variant="ghost" icon={<GitCompare aria-hidden />}>
            Compare versions
          </ButtonLink>
        )}
        <ul>
          {versions.data?.items.map((version) => (
            <VersionLine
              key={version.version}
              workflow={workflow}
              version={version}
              onDone={() => setOpen(false)}
              onRollBack={() => setRollingBack(version.version)}
            />
          ))}
        </ul>
      </Popover>
      <ConfirmDialog
        open={rollingBack !== null}
        onOpenChange={(next) => (next ? undefined : setRollingBack(null))}
        title={`Go back to version ${rollingBack ?? ""}?`}
        confirmLabel={`Make version ${rollingBack ?? ""} live`}
        loading={rollBack.isPending}
        onConfirm={() => (rollingBack === null ? undefined : rollBack.mutate(rollingBack))}
      >
        <p>New runs use it at once. Runs under way finish on the version they began with. Your draft stays as it is.</p>
      </ConfirmDialog>
    </>
  );
}

function useRollBack(workflowId: string, onDone: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (version: number) => api.post(`/workflows/${workflowId}/rollback`, { version }),
    onSuccess: (_answer, version) => {
      toast.success(`Version ${version} is live again`);
      onDone();
    },
    onError: (error) => toast.error("Nothing was rolled back", { description: messageOf(error) }),
    onSettled: () => client.invalidateQueries({ queryKey: workflowQuery(workflowId).queryKey }),
  });
}

interface VersionLineProps {
  workflow: WorkflowView;
  version: VersionView;
  onDone: () => void;
  onRollBack: () => void;
}

function VersionLine({ workflow, version, onDone, onRollBack }: VersionLineProps) {
  const store = useEditorStore();
  const client = useQueryClient();
  const readOnly = useEditor((state) => state.readOnly);
  const restore = useMutation({
    mutationFn: () => client.fetchQuery(versionQuery(workflow.id, version.version)),
    onSuccess: (full) => {
      const document = readDraft(full.document ?? null);
      if (document === null) return;
      store.getState().apply(`Restore version ${version.version}`, () => document);
      toast.success(`Version ${version.version} is in the draft`, {
        description: "What is live has not changed.",
        action: { label: "Undo", onClick: () => store.getState().undo() },
      });
      onDone();
    },
    onError: (error) => toast.error("The version could not be restored", { description: messageOf(error) }),
  });
  return (
    <li className="group flex items-start gap-2 rounded px-2 py-2 hover:bg-hover">
      <span className="w-9 shrink-0 font-semibold tabular-nums">v{version.version}</span>
      <span className="min-w-0 flex-1">
        <span className="flex items-center gap-1.5">
          {version.live ? <Badge tone="green">Live</Badge> : null}
          <span className="truncate">{version.note || <span className="text-fg-subtle">No note</span>}</span>
        </span>
        <span className="block text-fg-subtle text-sm">
          {version.publishedBy ?? "somebody"} · <Time at={version.publishedAt} />
        </span>
        {readOnly ? null : (
          <span className="mt-1 flex gap-1.5">
            <Button size="sm" loading={restore.isPending} onClick={() => restore.mutate()}>
              Restore to draft
            </Button>
            {version.live ? null : (
              <Button
                size="sm"
                onClick={() => {
                  onDone();
                  onRollBack();
                }}
              >
                Make live
              </Button>
            )}
          </span>
        )}
      </span>
    </li>
  );
}
