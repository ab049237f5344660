"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Ellipsis } from "lucide-react";
import Link from "next/link";
import { api, messageOf } from "#components/api/client.ts";
import { useDenied } from "#components/api/session.tsx";
import { IconButton } from "#components/ui/button.tsx";
import { CopyText } from "#components/ui/copy-button.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Menu } from "#components/ui/menu.tsx";
import { Popover } from "#components/ui/popover.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { Time } from "#components/ui/time.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { ConnectionTest, ConnectionView } from "#lib/shared/api-types.ts";
import { connectionLooks, wordsOf } from "./kinds.ts";
import { PausedUntil } from "./limit-state.tsx";

function When({ at }: { at: string | null }) {
  return at ? <Time at={at} className="text-fg-muted" /> : <span className="text-fg-subtle">Never</span>;
}

export interface ConnectionTableProps {
  rows: readonly ConnectionView[];
  onDelete: (connection: ConnectionView) => void;
  onIsolate: (connection: ConnectionView) => void;
}

export function ConnectionTable({ rows, onDelete, onIsolate }: ConnectionTableProps) {
  const columns: Column<ConnectionView>[] = [
    { id: "name", header: "Name", primary: true, className: "max-w-0 w-[22%] min-w-32", cell: (row) => row.name },
    {
      id: "status",
      header: "Status",
      cell: (row) => (
        <span className="flex flex-col">
          <StatusBadge look={connectionLooks[row.status]} plain />
          <Held connection={row} />
          <PausedUntil state={row.limitState} />
        </span>
      ),
    },
    {
      id: "kind",
      header: "Credential",
      className: "hidden md:table-cell",
      cell: (row) => <span className="whitespace-nowrap text-fg-muted">{wordsOf(row.kind).label}</span>,
    },
    { id: "url", header: "Base URL", className: "hidden lg:table-cell max-w-0 w-[26%]", cell: (row) => <Address connection={row} /> },
    { id: "users", header: "Used by", align: "right", className: "hidden sm:table-cell", cell: (row) => <UsedBy connection={row} /> },
    { id: "used", header: "Last used", align: "right", className: "hidden sm:table-cell", cell: (row) => <When at={row.lastUsedAt} /> },
    {
      id: "tested",
      header: "Last tested",
      align: "right",
      className: "hidden lg:table-cell",
      cell: (row) => <When at={row.lastTestedAt} />,
    },
    {
      id: "menu",
      header: <span className="sr-only">Actions</span>,
      className: "w-12",
      cell: (row) => <RowMenu connection={row} onDelete={onDelete} onIsolate={onIsolate} />,
    },
  ];
  return (
    <DataTable
      label="Connections"
      rows={rows}
      columns={columns}
      rowKey={(row) => row.id}
      rowName={(row) => `${row.name}, ${connectionLooks[row.status].label}`}
      href={(row) => `/connections?connection=${row.id}`}
    />
  );
}

/** Why steps wait for the connection, and how many runs do. */
function Held({ connection }: { connection: ConnectionView }) {
  const { isolatedReason, authFailedAt, waitingRuns } = connection;
  const why = isolatedReason ?? (authFailedAt ? "Its credential is refused" : null);
  const waiting = waitingRuns === 0 ? null : waitingRuns === 1 ? "1 run waits" : `${formatCount(waitingRuns)} runs wait`;
  const more = [why, waiting].filter((part) => part !== null).join(" · ");
  return more === "" ? null : <span className="max-w-56 truncate text-fg-muted text-xs">{more}</span>;
}

function Address({ connection }: { connection: ConnectionView }) {
  if (!connection.baseUrl) return <span className="text-fg-subtle">–</span>;
  return (
    <span className="relative z-10 flex">
      <CopyText text={connection.baseUrl} label="base URL" className="text-fg-muted" />
    </span>
  );
}

function UsedBy({ connection }: { connection: ConnectionView }) {
  const { usedBy } = connection;
  if (usedBy.length === 0) return <span className="text-fg-subtle">–</span>;
  return (
    <span className="relative z-10">
      <Popover
        label="Used by"
        align="end"
        trigger={
          <button type="button" className="h-6 rounded px-1.5 hover:bg-hover" aria-label={`Used by ${usedBy.length} workflows`}>
            {formatCount(usedBy.length)}
          </button>
        }
      >
        <ul className="flex max-w-72 flex-col gap-1">
          {usedBy.map((use) => (
            <li key={use.workflowId}>
              <Link href={`/workflows/${use.workflowId}`} className="text-accent-text hover:underline">
                {use.name}
              </Link>
            </li>
          ))}
        </ul>
      </Popover>
    </span>
  );
}

type RowMenuProps = Omit<ConnectionTableProps, "rows"> & { connection: ConnectionView };

function RowMenu({ connection, onDelete, onIsolate }: RowMenuProps) {
  const client = useQueryClient();
  const denied = useDenied("connections:write");
  const cannotOperate = useDenied("connections:operate");
  const test = useMutation({
    mutationFn: () => api.post<ConnectionTest>(`/connections/${connection.id}/test`),
    onSuccess: ({ ok, message }) => {
      if (ok) toast.success(`${connection.name} works`, { description: message });
      else toast.error(`${connection.name} does not work`, { description: message });
    },
    onError: (error) => toast.error(`${connection.name} could not be tested`, { description: messageOf(error) }),
    onSettled: () => client.invalidateQueries({ queryKey: ["connections"] }),
  });
  const untestable = wordsOf(connection.kind).called && connection.baseUrl ? null : "There is nothing to call: it has no base URL";
  return (
    <span className="relative z-10 flex justify-end">
      <Menu
        trigger={<IconButton label={`Actions of ${connection.name}`} icon={<Ellipsis aria-hidden />} loading={test.isPending} />}
        entries={[
          { type: "link", label: "Edit", href: `/connections?connection=${connection.id}`, shortcut: "Enter" },
          { label: "Test", disabledReason: denied ?? untestable, onSelect: () => test.mutate() },
          {
            label: connection.status === "isolated" ? "Release" : "Isolate",
            disabledReason: cannotOperate ?? (wordsOf(connection.kind).called ? null : "Nothing is called through it"),
            onSelect: () => onIsolate(connection),
          },
          { type: "separator" },
          { label: "Delete", danger: true, disabledReason: denied, onSelect: () => onDelete(connection) },
        ]}
      />
    </span>
  );
}
