"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { FlaskConical, Plus } from "lucide-react";
import { parseAsString, useQueryState } from "nuqs";
import { useState } from "react";
import { api } from "#components/api/client.ts";
import { useDenied } from "#components/api/session.tsx";
import { Button } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorLine, ErrorState } from "#components/ui/error-state.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { useShortcuts } from "#components/ui/shortcuts.ts";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { SandboxTargetView } from "#lib/shared/sandbox-types.ts";
import { LedgerPanel } from "./ledger-panel.tsx";
import { targetsQuery } from "./queries.ts";
import { TargetDialog } from "./target-dialog.tsx";
import { TargetTable } from "./target-table.tsx";

type Open = { kind: "new" } | { kind: "edit" | "delete"; target: SandboxTargetView } | null;

export function SandboxPage() {
  const [name, setName] = useQueryState("target", parseAsString.withOptions({ history: "push" }));
  const [open, setOpen] = useState<Open>(null);
  const denied = useDenied("sandbox:write");
  const create = () => setOpen({ kind: "new" });
  useShortcuts("Sandbox", [{ keys: "n", label: "New target", run: () => (denied ? undefined : create()) }]);
  return (
    <>
      {/* The sandbox has a colour bar of its own, so that nobody takes it for a real system. */}
      <div aria-hidden className="h-1 bg-canary stripes" />
      <PageHeader
        title="Sandbox"
        description="Pretended remote systems inside this server: call them from workflows, make them fail, see what took effect."
        actions={
          <Button variant="primary" icon={<Plus aria-hidden />} disabledReason={denied} onClick={create}>
            New target
          </Button>
        }
      />
      <div className={cn(name && "min-h-[calc(100dvh-5.5rem)] xl:grid xl:grid-cols-[minmax(0,1fr)_minmax(24rem,32rem)]")}>
        <TargetList onOpen={setOpen} onCreate={create} />
        {name ? <LedgerPanel key={name} name={name} onClose={() => void setName(null)} /> : null}
      </div>
      {open?.kind === "new" ? <TargetDialog target={null} onClose={() => setOpen(null)} /> : null}
      {open?.kind === "edit" ? <TargetDialog target={open.target} onClose={() => setOpen(null)} /> : null}
      {open?.kind === "delete" ? <DeleteDialog target={open.target} onClose={() => setOpen(null)} /> : null}
    </>
  );
}

function TargetList({ onOpen, onCreate }: { onOpen: (open: Open) => void; onCreate: () => void }) {
  const targets = useQuery(targetsQuery);
  const denied = useDenied("sandbox:write");
  if (targets.isPending) return <SkeletonRows rows={3} label="Loading targets" />;
  if (!targets.data) {
    return (
      <ErrorState
        title="The sandbox could not be loaded"
        error={targets.error}
        onRetry={() => void targets.refetch()}
        retrying={targets.isFetching}
      />
    );
  }
  if (targets.data.items.length === 0) {
    return (
      <EmptyState
        icon={<FlaskConical />}
        title="No targets yet"
        actions={
          <Button variant="primary" icon={<Plus aria-hidden />} disabledReason={denied} onClick={onCreate}>
            New target
          </Button>
        }
      >
        A target answers at /sandbox/&lt;name&gt;/ and can be told to fail. A workflow made from a template brings those it calls.
      </EmptyState>
    );
  }
  return (
    <TargetTable
      rows={targets.data.items}
      onEdit={(target) => onOpen({ kind: "edit", target })}
      onDelete={(target) => onOpen({ kind: "delete", target })}
    />
  );
}

function DeleteDialog({ target, onClose }: { target: SandboxTargetView; onClose: () => void }) {
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => api.delete(`/sandbox-targets/${target.name}`),
    onSuccess: async () => {
      onClose();
      toast.success(`${target.name} deleted`);
      await client.invalidateQueries({ queryKey: ["sandbox-targets"] });
    },
  });
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={`Delete ${target.name}?`}
      confirmLabel="Delete target"
      danger
      loading={remove.isPending}
      onConfirm={() => remove.mutate()}
    >
      <p>Its ledger of {target.effects} effects goes with it. Workflows that call it get 404.</p>
      <ErrorLine error={remove.error} />
    </ConfirmDialog>
  );
}
