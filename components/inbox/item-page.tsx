"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { memo, startTransition, useEffect, useRef, useState } from "react";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { cn } from "#components/ui/cn.ts";
import { ErrorState } from "#components/ui/error-state.tsx";
import { sentence, shortId } from "#components/ui/format.ts";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { letterLook } from "#components/ui/status.ts";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { Time } from "#components/ui/time.tsx";
import type { Page } from "#lib/shared/api-types.ts";
import type { DeadLetterSummary } from "#lib/shared/inbox-types.ts";
import { closeWords, itemName } from "./item-ways.ts";
import { PlaceLink } from "./place.tsx";
import { deadLettersQuery, type ItemFilter } from "./queries.ts";

const guessedRowPx = 37;
/** How far from the screen a page is fetched and drawn. */
const marginPx = 800;

/** Whether an element is on the screen or near it, and how high it was when it was last. */
function useNear(startsNear: boolean) {
  const ref = useRef<HTMLDivElement>(null);
  const [near, setNear] = useState(startsNear);
  const [drawnPx, setDrawnPx] = useState(0);
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const look = (entries: IntersectionObserverEntry[]) => {
      const isNear = entries.at(-1)?.isIntersecting ?? false;
      // With what it still holds: the empty box that takes its place is as high, so that nothing moves.
      if (!isNear) setDrawnPx(element.offsetHeight);
      // A hundred rows at once would hold up the scrolling that asked for them.
      startTransition(() => setNear(isNear));
    };
    const observer = new IntersectionObserver(look, { rootMargin: `${marginPx}px 0px` });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { ref, near, drawnPx };
}

export interface ItemPageProps {
  index: number;
  filter: ItemFilter;
  cursor: string | null;
  isSelected: (itemId: string) => boolean;
  onToggle: (itemId: string, withShift: boolean) => void;
  onLoaded: (index: number, page: Page<DeadLetterSummary>) => void;
}

/**
 * One page of a long list. Away from the screen it is but an empty box of its height: neither drawn nor fetched again, so that
 * ten thousand items cost no more than a hundred.
 */
export function ItemPage(props: ItemPageProps) {
  const { index, onLoaded } = props;
  const { ref, near, drawnPx } = useNear(index === 0);
  const page = useQuery({ ...deadLettersQuery(props.filter, props.cursor), enabled: near, placeholderData: keepPreviousData });
  const data = page.isPlaceholderData ? undefined : page.data;
  useEffect(() => {
    if (data) onLoaded(index, data);
  }, [data, index, onLoaded]);
  // One that left before its rows were there was drawn too low.
  const height = Math.max(drawnPx, (page.data?.items.length ?? 1) * guessedRowPx);
  return (
    <div ref={ref} style={near ? undefined : { height }}>
      {near ? <Rows {...props} page={page} /> : null}
    </div>
  );
}

function Rows({ page, filter, isSelected, onToggle }: ItemPageProps & { page: ReturnType<typeof useQuery<Page<DeadLetterSummary>>> }) {
  if (page.isPending) return <SkeletonRows rows={3} label="Loading items" />;
  if (!page.data) {
    return (
      <ErrorState title="The items could not be loaded" error={page.error} onRetry={() => void page.refetch()} retrying={page.isFetching} />
    );
  }
  return page.data.items.map((item) => (
    <ItemRow key={item.id} item={item} issueId={filter.issueId} selected={isSelected(item.id)} onToggle={onToggle} />
  ));
}

// Rows away from the screen are not laid out.
const rowClass = "flex items-center border-b [contain-intrinsic-size:auto_37px] [content-visibility:auto] hover:bg-subtle";

interface ItemRowProps {
  item: DeadLetterSummary;
  issueId: string;
  selected: boolean;
  onToggle: (itemId: string, withShift: boolean) => void;
}

const ItemRow = memo(({ item, issueId, selected, onToggle }: ItemRowProps) => {
  const look = letterLook(item);
  const name = itemName(item);
  return (
    // biome-ignore lint/a11y/useSemanticElements: the pages between list and rows are boxes, so the roles are said here
    <div role="listitem" className={cn(rowClass, selected && "bg-accent-tint hover:bg-accent-tint")}>
      <span className="flex w-10 shrink-0 justify-center pl-1">
        {item.status === "open" ? (
          <Checkbox
            aria-label={`Select item ${shortId(item.id)}`}
            checked={selected}
            onCheckedChange={(_, withShift) => onToggle(item.id, withShift)}
          />
        ) : null}
      </span>
      <PlaceLink
        issueId={issueId}
        itemId={item.id}
        className="focus-inset grid min-h-(--row-height) min-w-0 flex-1 grid-cols-[auto_minmax(0,1fr)_auto] items-center gap-x-3 gap-y-0.5 py-1.5 pr-4 sm:grid-cols-[8.75rem_minmax(0,2fr)_minmax(0,3fr)_auto]"
      >
        <StatusBadge look={look} plain />
        <span className="truncate font-mono text-sm" title={name}>
          {name}
        </span>
        <span className="order-last col-span-full truncate text-fg-muted sm:order-none sm:col-span-1" title={item.error.message}>
          {sentence(item.closeReason === null ? item.error.message : closeWords(item.closeReason))}
        </span>
        <span className="flex items-center gap-3 text-fg-muted text-sm">
          {item.version === null ? null : <span className="hidden text-fg-subtle sm:inline">v{item.version}</span>}
          <Time at={item.deadAt} />
        </span>
      </PlaceLink>
    </div>
  );
});
ItemRow.displayName = "ItemRow";
