"use client";

import Link from "next/link";
import { usePathname, useSearchParams } from "next/navigation";
import { type Column, DataTable } from "#components/ui/data-table.tsx";
import { formatBytes, shortId } from "#components/ui/format.ts";
import { deliveryLooks } from "#components/ui/status.ts";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { Time } from "#components/ui/time.tsx";
import type { EventView } from "#lib/shared/api-types.ts";
import { reasonWords } from "./reasons.ts";
import type { DeliveryTrigger } from "./triggers.ts";

const outcomeColumn: Column<EventView> = {
  id: "outcome",
  header: "Outcome",
  className: "w-px",
  cell: (event) => <StatusBadge look={deliveryLooks[event.outcome]} plain />,
};

const reasonColumn: Column<EventView> = {
  id: "reason",
  header: "What happened",
  primary: true,
  className: "max-w-0 w-[60%] min-w-32",
  cell: (event) => <Reason event={event} />,
};

const factColumns: readonly Column<EventView>[] = [
  {
    id: "key",
    header: "Duplicate key",
    className: "hidden lg:table-cell max-w-0 w-[22%]",
    cell: (event) => (
      <span className="block truncate font-mono text-fg-muted text-sm" title={event.dedupeKey ?? undefined}>
        {event.dedupeKey ?? "–"}
      </span>
    ),
  },
  { id: "run", header: "Run", className: "hidden sm:table-cell w-px", cell: (event) => <RunLink event={event} /> },
  {
    id: "size",
    header: "Size",
    align: "right",
    className: "hidden lg:table-cell w-px whitespace-nowrap",
    cell: (event) => <span className="text-fg-muted">{event.size === 0 ? "–" : formatBytes(event.size)}</span>,
  },
];

const timeColumn: Column<EventView> = {
  id: "received",
  header: "Received",
  align: "right",
  className: "w-px",
  cell: (event) => <Time at={event.receivedAt} className="text-fg-muted" />,
};

function inWords(event: EventView): string {
  const { what, todo } = reasonWords(event);
  return `${what} ${todo}`.trim();
}

function Reason({ event }: { event: EventView }) {
  const { what, todo } = reasonWords(event);
  return (
    <span title={inWords(event)}>
      {what} <span className="font-normal text-fg-muted">{todo}</span>
    </span>
  );
}

const runTitles: Partial<Record<EventView["outcome"], string>> = {
  duplicate: "The run of the first delivery",
  superseded: "The run of the last event",
  batched: "The run of the batch",
  dropped: "The run that stands for it",
};

function RunLink({ event }: { event: EventView }) {
  if (event.runId === null) return <span className="text-fg-subtle">–</span>;
  return (
    <Link
      href={`/runs/${event.runId}`}
      prefetch={false}
      title={runTitles[event.outcome]}
      className="relative z-10 rounded font-mono text-fg-muted text-sm hover:text-fg hover:underline"
    >
      {shortId(event.runId)}
    </Link>
  );
}

export interface DeliveryTableProps {
  rows: readonly EventView[];
  triggers: readonly DeliveryTrigger[];
  opened: string | null;
}

/** The rows of the delivery list; each opens the side panel. */
export function DeliveryTable({ rows, triggers, opened }: DeliveryTableProps) {
  const pathname = usePathname();
  const search = useSearchParams();
  const hrefOf = (event: EventView) => {
    const next = new URLSearchParams(search);
    next.set("event", event.id);
    return `${pathname}?${next}`;
  };
  const triggerColumn: Column<EventView> = {
    id: "trigger",
    header: "Trigger",
    className: "hidden md:table-cell max-w-40",
    cell: (event) => (
      <span className="block truncate text-fg-muted">{triggers.find((each) => each.id === event.triggerId)?.name ?? "–"}</span>
    ),
  };
  // Beside the open panel, which says all of these, there is room for the words only.
  const facts = opened === null ? [...(triggers.length > 1 ? [triggerColumn] : []), ...factColumns] : [];
  return (
    <DataTable
      label="Deliveries"
      rows={rows}
      columns={[outcomeColumn, reasonColumn, ...facts, timeColumn]}
      rowKey={(event) => event.id}
      rowName={(event) => `${deliveryLooks[event.outcome].label}: ${inWords(event)} Delivery ${shortId(event.id)}`}
      isCurrent={(event) => event.id === opened}
      href={hrefOf}
    />
  );
}
