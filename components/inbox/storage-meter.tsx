"use client";

import { useQuery } from "@tanstack/react-query";
import { HardDrive, TriangleAlert } from "lucide-react";
import { cn } from "#components/ui/cn.ts";
import { formatBytes, plural } from "#components/ui/format.ts";
import { Popover } from "#components/ui/popover.tsx";
import type { StatusTone } from "#components/ui/status.ts";
import { toneClasses } from "#components/ui/status-badge.tsx";
import { Time } from "#components/ui/time.tsx";
import type { InboxStorage } from "#lib/shared/inbox-types.ts";
import { storageQuery } from "./queries.ts";

interface Part {
  label: string;
  bytes: number;
  tone: StatusTone;
}

function partsOf({ itemsBytes, historyBytes, heldBytes, retentionDays }: InboxStorage): Part[] {
  return [
    { label: "Items with their inputs", bytes: itemsBytes, tone: "dead" },
    { label: `History older than ${plural(retentionDays, "day")}`, bytes: heldBytes, tone: "retrying" },
    { label: `History of the last ${plural(retentionDays, "day")}`, bytes: historyBytes - heldBytes, tone: "queued" },
  ];
}

/** What the inbox and the history behind it take, in a line under the list; why, and what happens when it is full, on demand. */
export function StorageMeter() {
  const storage = useQuery(storageQuery).data;
  if (!storage) return null;
  const parts = partsOf(storage);
  const held = storage.heldBytes > 0;
  const Icon = held ? TriangleAlert : HardDrive;
  return (
    <Popover
      label="Storage"
      side="top"
      className="w-80"
      trigger={
        <button
          type="button"
          className="focus-inset flex w-full items-center gap-2 border-t px-4 py-2 text-left text-fg-muted text-sm hover:bg-hover"
        >
          <Icon aria-hidden className={cn("size-3.5 shrink-0", held && "text-retrying")} />
          <span className="min-w-0 flex-1 truncate tabular-nums">
            Items take {formatBytes(storage.itemsBytes)}, history {formatBytes(storage.historyBytes)}
            {held ? `, overdue ${formatBytes(storage.heldBytes)}` : null}
          </span>
        </button>
      }
    >
      <Details storage={storage} parts={parts} />
    </Popover>
  );
}

function Details({ storage, parts }: { storage: InboxStorage; parts: Part[] }) {
  const { heldFrom, oldestOpenAt, retentionDays } = storage;
  return (
    <div className="flex flex-col gap-2.5">
      <h2 className="font-medium">On disk, of the whole instance</h2>
      <Bar parts={parts} />
      <dl className="flex flex-col gap-1">
        {parts.map(({ label, bytes, tone }) => (
          <div key={label} className="flex items-center gap-2">
            <dt className="flex min-w-0 flex-1 items-center gap-2 text-fg-muted">
              <span aria-hidden className={cn("size-2 shrink-0 rounded-full", toneClasses[tone].fill)} />
              {label}
            </dt>
            <dd className="tabular-nums">{formatBytes(bytes)}</dd>
          </div>
        ))}
      </dl>
      <p className="text-fg-muted">
        Runs are kept for {plural(retentionDays, "day")}. A week with an item that waits, or a run that goes on, is kept until that is
        settled
        {heldFrom === null ? null : (
          <>
            : now from <Time at={heldFrom} /> on
          </>
        )}
        .
        {oldestOpenAt === null ? null : (
          <>
            {" "}
            The oldest open item failed <Time at={oldestOpenAt} />.
          </>
        )}
      </p>
      <p className="text-fg-muted">
        When the disk is full, deliveries are answered 503 and sent again by their senders; nothing accepted is lost.
      </p>
    </div>
  );
}

/** What of the whole each part takes; a part there is never vanishes. */
function Bar({ parts }: { parts: readonly Part[] }) {
  return (
    <div aria-hidden className="flex h-1.5 gap-px overflow-hidden rounded-full bg-muted">
      {parts.map(({ label, bytes, tone }) =>
        bytes === 0 ? null : <div key={label} className={cn("h-full min-w-0.5", toneClasses[tone].fill)} style={{ flexGrow: bytes }} />,
      )}
    </div>
  );
}
