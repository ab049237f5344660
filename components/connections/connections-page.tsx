"use client";

import { useQuery } from "@tanstack/react-query";
import { Cable, Plus, Search } from "lucide-react";
import { parseAsString, useQueryState } from "nuqs";
import { useState } from "react";
import { useDenied } from "#components/api/session.tsx";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { InputWithIcon } from "#components/ui/input.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { useShortcuts } from "#components/ui/shortcuts.ts";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import type { ConnectionView } from "#lib/shared/api-types.ts";
import { ConnectionDialog } from "./connection-dialog.tsx";
import { ConnectionTable } from "./connection-table.tsx";
import { DeleteDialog } from "./delete-dialog.tsx";
import { IsolateDialog } from "./isolate-dialog.tsx";
import { connectionsQuery } from "./queries.ts";

const newId = "new";

export function ConnectionsPage() {
  const [open, setOpen] = useQueryState("connection", parseAsString.withOptions({ history: "push" }));
  const connections = useQuery(connectionsQuery);
  const denied = useDenied("connections:write");
  const create = () => void setOpen(newId);
  useShortcuts("Connections", [{ keys: "n", label: "New connection", run: () => (denied ? undefined : create()) }]);
  const opened = connections.data?.items.find((each) => each.id === open) ?? null;
  return (
    <>
      <PageHeader
        title="Connections"
        description="Remote systems, their credentials and their shared limits."
        actions={
          <Button variant="primary" icon={<Plus aria-hidden />} disabledReason={denied} onClick={create}>
            New connection
          </Button>
        }
      />
      <ConnectionList onCreate={create} />
      {open === newId || opened ? <ConnectionDialog key={open} connection={opened} onClose={() => void setOpen(null)} /> : null}
    </>
  );
}

function ConnectionList({ onCreate }: { onCreate: () => void }) {
  const [q, setQ] = useQueryState("q", parseAsString.withDefault(""));
  const [deleting, setDeleting] = useState<ConnectionView | null>(null);
  const [isolating, setIsolating] = useState<ConnectionView | null>(null);
  const connections = useQuery(connectionsQuery);
  const denied = useDenied("connections:write");
  if (connections.isPending) return <SkeletonRows label="Loading connections" />;
  if (!connections.data) {
    return (
      <ErrorState
        title="The connections could not be loaded"
        error={connections.error}
        onRetry={() => void connections.refetch()}
        retrying={connections.isFetching}
      />
    );
  }
  if (connections.data.items.length === 0) {
    return (
      <EmptyState
        icon={<Cable />}
        title="No connections yet"
        actions={
          <Button variant="primary" icon={<Plus aria-hidden />} disabledReason={denied} onClick={onCreate}>
            New connection
          </Button>
        }
      >
        A connection holds the address, the credential and the limits of a system that workflows call, or the secret that others sign
        webhooks with. The sandbox needs none.
      </EmptyState>
    );
  }
  const words = q.trim().toLowerCase();
  const rows = connections.data.items.filter((each) => `${each.name} ${each.kind} ${each.baseUrl ?? ""}`.toLowerCase().includes(words));
  return (
    <>
      <div className="px-4 pb-3 md:px-6">
        <InputWithIcon
          type="search"
          aria-label="Search connections"
          placeholder="Search"
          icon={<Search />}
          value={q}
          onChange={(event) => void setQ(event.target.value || null)}
          className="w-full sm:w-64"
        />
      </div>
      {rows.length > 0 ? (
        <ConnectionTable rows={rows} onDelete={setDeleting} onIsolate={setIsolating} />
      ) : (
        <EmptyState
          icon={<Search />}
          title="No connection matches"
          actions={<Button onClick={() => void setQ(null)}>Clear filters</Button>}
        />
      )}
      {isolating ? <IsolateDialog connection={isolating} onClose={() => setIsolating(null)} /> : null}
      {deleting ? <DeleteDialog connection={deleting} onClose={() => setDeleting(null)} /> : null}
    </>
  );
}
