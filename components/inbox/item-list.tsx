"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { ErrorState } from "#components/ui/error-state.tsx";
import { sentence } from "#components/ui/format.ts";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { deadLetterLooks } from "#components/ui/status.ts";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { Time } from "#components/ui/time.tsx";
import type { DeadLetterSummary } from "#lib/shared/api-types.ts";
import { deadLettersQuery } from "./queries.ts";

/** The items of an issue: one payload each. */
export function ItemList({ issueId, hrefOf }: { issueId: string; hrefOf: (itemId: string) => string }) {
  const items = useQuery(deadLettersQuery(issueId));
  if (items.isPending) return <SkeletonRows rows={3} label="Loading items" />;
  if (!items.data) {
    return (
      <ErrorState
        title="The items could not be loaded"
        error={items.error}
        onRetry={() => void items.refetch()}
        retrying={items.isFetching}
      />
    );
  }
  return (
    <>
      <ul aria-label="Items">
        {items.data.items.map((item) => (
          <li key={item.id}>
            <ItemRow item={item} href={hrefOf(item.id)} />
          </li>
        ))}
      </ul>
      {items.data.nextCursor ? (
        <p className="px-4 py-3 text-fg-subtle text-sm">Only the newest {items.data.items.length} are shown.</p>
      ) : null}
    </>
  );
}

function ItemRow({ item, href }: { item: DeadLetterSummary; href: string }) {
  return (
    <Link
      href={href}
      scroll={false}
      prefetch={false}
      className="focus-inset grid min-h-(--row-height) grid-cols-[7.5rem_minmax(0,1fr)_auto] items-center gap-3 border-b px-4 py-1.5 hover:bg-subtle"
    >
      <StatusBadge look={deadLetterLooks[item.status]} plain />
      <span className="truncate text-fg-muted" title={item.error.message}>
        {sentence(item.closeReason ?? item.error.message)}
      </span>
      <span className="flex items-center gap-3 text-fg-muted text-sm">
        {item.version === null ? null : <span className="hidden text-fg-subtle sm:inline">v{item.version}</span>}
        <Time at={item.deadAt} />
      </span>
    </Link>
  );
}
