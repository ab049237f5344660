"use client";

import { Ellipsis } from "lucide-react";
import { useDenied } from "#components/api/session.tsx";
import { IconButton } from "#components/ui/button.tsx";
import { CopyText } from "#components/ui/copy-button.tsx";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatCount } from "#components/ui/format.ts";
import { Menu } from "#components/ui/menu.tsx";
import type { SandboxTargetView } from "#lib/shared/sandbox-types.ts";
import { behaviour, kindOptions } from "./kinds.ts";

export interface TargetTableProps {
  rows: readonly SandboxTargetView[];
  onEdit: (target: SandboxTargetView) => void;
  onDelete: (target: SandboxTargetView) => void;
}

export function TargetTable({ rows, onEdit, onDelete }: TargetTableProps) {
  const columns: Column<SandboxTargetView>[] = [
    {
      id: "name",
      header: "Target",
      primary: true,
      className: "min-w-32",
      cell: (row) => <span className="font-mono text-sm">{row.name}</span>,
    },
    {
      id: "kind",
      header: "Kind",
      className: "hidden sm:table-cell",
      cell: (row) => (
        <span className="whitespace-nowrap">{kindOptions.find((option) => option.value === row.kind)?.label ?? row.kind}</span>
      ),
    },
    {
      id: "does",
      header: "What it does",
      className: "hidden md:table-cell max-w-0 w-[40%]",
      cell: (row) => <span className="block truncate text-fg-muted">{behaviour(row)}</span>,
    },
    {
      id: "url",
      header: "Address",
      className: "hidden 2xl:table-cell",
      cell: (row) => (
        <span className="relative z-10 flex">
          <CopyText text={row.url} label="address" className="text-fg-muted" />
        </span>
      ),
    },
    { id: "calls", header: "Calls", align: "right", cell: (row) => formatCount(row.calls) },
    { id: "effects", header: "Effects", align: "right", cell: (row) => formatCount(row.effects) },
    {
      id: "menu",
      header: <span className="sr-only">Actions</span>,
      className: "w-12",
      cell: (row) => <RowMenu target={row} onEdit={onEdit} onDelete={onDelete} />,
    },
  ];
  return (
    <DataTable
      label="Sandbox targets"
      rows={rows}
      columns={columns}
      rowKey={(row) => row.name}
      rowName={(row) => `${row.name}, ${behaviour(row)}`}
      href={(row) => `/sandbox?target=${row.name}`}
    />
  );
}

function RowMenu({ target, onEdit, onDelete }: { target: SandboxTargetView } & Pick<TargetTableProps, "onEdit" | "onDelete">) {
  const denied = useDenied("sandbox:write");
  return (
    <span className="relative z-10 flex justify-end">
      <Menu
        trigger={<IconButton label={`Actions of ${target.name}`} icon={<Ellipsis aria-hidden />} />}
        entries={[
          { type: "link", label: "Ledger", href: `/sandbox?target=${target.name}`, shortcut: "Enter" },
          { label: "Change behaviour", disabledReason: denied, onSelect: () => onEdit(target) },
          { type: "separator" },
          { label: "Delete", danger: true, disabledReason: denied, onSelect: () => onDelete(target) },
        ]}
      />
    </span>
  );
}
