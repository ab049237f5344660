"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound, Plus } from "lucide-react";
import { useState } from "react";
import { api } from "#components/api/client.ts";
import { useDenied } from "#components/api/session.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorLine, ErrorState } from "#components/ui/error-state.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Time } from "#components/ui/time.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { TokenView } from "#lib/shared/api-types.ts";
import { tokensQuery } from "./queries.ts";
import { TokenDialog } from "./token-dialog.tsx";

export function TokensPage() {
  const [creating, setCreating] = useState(false);
  const [revoking, setRevoking] = useState<TokenView | null>(null);
  const denied = useDenied("tokens:write");
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-2 px-4 py-4 md:px-6">
        <p className="max-w-xl text-fg-muted">Scripts and other systems call the API with a token. It can do no more than who made it.</p>
        <Button variant="primary" icon={<Plus aria-hidden />} disabledReason={denied} onClick={() => setCreating(true)}>
          New token
        </Button>
      </div>
      <TokenList onRevoke={setRevoking} />
      {creating ? <TokenDialog onClose={() => setCreating(false)} /> : null}
      {revoking ? <RevokeDialog token={revoking} onClose={() => setRevoking(null)} /> : null}
    </>
  );
}

function Expiry({ token }: { token: TokenView }) {
  if (!token.expiresAt) return <span className="text-fg-muted">Never</span>;
  if (Date.parse(token.expiresAt) < Date.now()) return <Badge tone="red">Expired</Badge>;
  return <Time at={token.expiresAt} className="text-fg-muted" />;
}

function columnsOf(onRevoke: (token: TokenView) => void, denied: string | null): Column<TokenView>[] {
  return [
    { id: "name", header: "Name", className: "font-medium", cell: (token) => token.name },
    { id: "hint", header: "Token", cell: (token) => <span className="font-mono text-fg-muted text-sm">{token.hint}</span> },
    {
      id: "scopes",
      header: "Scopes",
      className: "hidden md:table-cell max-w-0 w-[34%]",
      cell: (token) => (
        <span className="block truncate text-fg-muted" title={token.scopes.join(", ")}>
          {token.scopes.join(", ")}
        </span>
      ),
    },
    {
      id: "by",
      header: "Made by",
      className: "hidden lg:table-cell",
      cell: (token) => <span className="text-fg-muted">{token.createdBy ?? "–"}</span>,
    },
    {
      id: "used",
      header: "Last used",
      align: "right",
      className: "hidden sm:table-cell",
      cell: (token) =>
        token.lastUsedAt ? <Time at={token.lastUsedAt} className="text-fg-muted" /> : <span className="text-fg-subtle">Never</span>,
    },
    { id: "expires", header: "Expires", align: "right", className: "hidden sm:table-cell", cell: (token) => <Expiry token={token} /> },
    {
      id: "revoke",
      header: <span className="sr-only">Actions</span>,
      align: "right",
      cell: (token) => (
        <Button size="sm" variant="danger-ghost" className="-mr-2" disabledReason={denied} onClick={() => onRevoke(token)}>
          Revoke
        </Button>
      ),
    },
  ];
}

function TokenList({ onRevoke }: { onRevoke: (token: TokenView) => void }) {
  const tokens = useQuery(tokensQuery);
  const denied = useDenied("tokens:write");
  if (tokens.isPending) return <SkeletonRows rows={3} label="Loading tokens" />;
  if (!tokens.data) {
    return (
      <ErrorState
        title="The tokens could not be loaded"
        error={tokens.error}
        onRetry={() => void tokens.refetch()}
        retrying={tokens.isFetching}
      />
    );
  }
  if (tokens.data.items.length === 0) {
    return (
      <EmptyState icon={<KeyRound />} title="No tokens yet">
        Make one for each script, so that each can be revoked alone.
      </EmptyState>
    );
  }
  return (
    <DataTable
      label="API tokens"
      rows={tokens.data.items}
      columns={columnsOf(onRevoke, denied)}
      rowKey={(token) => token.id}
      rowName={(token) => token.name}
    />
  );
}

function RevokeDialog({ token, onClose }: { token: TokenView; onClose: () => void }) {
  const client = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => api.delete(`/tokens/${token.id}`),
    onSuccess: async () => {
      onClose();
      toast.success(`${token.name} revoked`);
      await client.invalidateQueries({ queryKey: ["tokens"] });
    },
  });
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={`Revoke ${token.name}?`}
      confirmLabel="Revoke token"
      danger
      loading={revoke.isPending}
      onConfirm={() => revoke.mutate()}
    >
      <p>Whatever uses {token.hint} stops working at once. This cannot be undone.</p>
      <ErrorLine error={revoke.error} />
    </ConfirmDialog>
  );
}
