"use client";

import { ArrowUp, Inbox, Search } from "lucide-react";
import { useQueryStates } from "nuqs";
import type { FocusEvent } from "react";
import { Button } from "#components/ui/button.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { plural } from "#components/ui/format.ts";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { DeliveryTable } from "./delivery-table.tsx";
import { deliveryFilterParsers } from "./filter.ts";
import { maxFresh } from "./queries.ts";
import type { DeliveryTrigger } from "./triggers.ts";
import { useDeliveryList } from "./use-delivery-list.ts";

export interface DeliveryListProps {
  triggers: readonly DeliveryTrigger[];
  /** The delivery in the side panel. */
  opened: string | null;
  onOpen: (id: string) => void;
}

/** The deliveries that the address asks for, page by page. */
export function DeliveryList({ triggers, opened, onOpen }: DeliveryListProps) {
  const [{ outcome, trigger }] = useQueryStates(deliveryFilterParsers);
  const triggerIds = trigger === null ? triggers.map((each) => each.id) : [trigger];
  const { list, rows, fresh, showNew } = useDeliveryList({ triggerIds, outcome });
  if (list.isPending) return <SkeletonRows label="Loading the deliveries" />;
  if (!list.data) {
    return (
      <ErrorState
        title="The deliveries could not be loaded"
        error={list.error}
        onRetry={() => void list.refetch()}
        retrying={list.isFetching}
      />
    );
  }
  // An open panel follows the keyboard from row to row; not from itself to a row, which is how it is closed.
  const follow = (event: FocusEvent) => {
    const fromRow = event.relatedTarget !== null && event.currentTarget.contains(event.relatedTarget);
    if (opened === null || !fromRow || !event.target.matches("[data-row-link]:focus-visible")) return;
    const id = event.target.closest("[data-row]")?.getAttribute("data-row");
    if (id) onOpen(id);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it does nothing by itself, it sees the focus of the links inside
    <div className="min-h-0 flex-1 overflow-y-auto" onFocus={follow}>
      {fresh > 0 && rows.length > 0 ? (
        <div className="sticky top-0 z-10 border-t bg-accent-tint">
          <button
            type="button"
            onClick={showNew}
            className="focus-inset flex h-8 w-full items-center justify-center gap-1.5 font-medium text-accent-text"
          >
            <ArrowUp aria-hidden className="size-3.5" />
            Show {fresh === maxFresh ? `${maxFresh}+ new deliveries` : plural(fresh, "new delivery", "new deliveries")}
          </button>
        </div>
      ) : null}
      {rows.length === 0 ? <NoDeliveries triggers={triggers} /> : <DeliveryTable rows={rows} triggers={triggers} opened={opened} />}
      {rows.length > 0 ? <End list={list} /> : null}
    </div>
  );
}

function End({ list }: { list: ReturnType<typeof useDeliveryList>["list"] }) {
  if (!list.hasNextPage) return <p className="px-6 py-4 text-center text-fg-subtle text-sm">That is all.</p>;
  return (
    <div className="flex justify-center py-4">
      <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
        Load older deliveries
      </Button>
    </div>
  );
}

const nothing = {
  accepted: "Nothing was accepted yet. What was refused, and why, is under Rejected.",
  duplicate: "Nothing came twice with the same key.",
  superseded: "No event took the place of another. That is for workflows whose settings debounce what comes fast.",
  batched: "Nothing was gathered into a batch. That is for workflows whose settings say so.",
  dropped: "Nothing was dropped. That is for workflows with a limit for what comes fast, or one run at a time.",
  rejected: "Nothing was refused: whatever came could be verified and read.",
};

function NoDeliveries({ triggers }: { triggers: readonly DeliveryTrigger[] }) {
  const [{ outcome, trigger }, setFilter] = useQueryStates(deliveryFilterParsers);
  const clear = <Button onClick={() => void setFilter(null)}>Clear filters</Button>;
  if (outcome !== null || (trigger !== null && triggers.length > 1)) {
    return (
      <EmptyState icon={<Search />} title={outcome === null ? "No deliveries" : `No ${outcome} delivery`} actions={clear}>
        {outcome === null ? "Nothing came to this trigger yet." : nothing[outcome]}
      </EmptyState>
    );
  }
  const url = triggers.find((each) => each.url !== null)?.url;
  return (
    <EmptyState icon={<Inbox />} title="No deliveries yet" actions={url ? <Address url={url} /> : null}>
      Everything that comes in appears here by itself, refused deliveries too.{url ? " Send something to the webhook:" : null}
    </EmptyState>
  );
}

function Address({ url }: { url: string }) {
  return (
    <span className="flex items-center gap-1.5 rounded-md border bg-subtle py-1 pr-1 pl-2.5">
      <span className="wrap-anywhere min-w-0 text-left font-mono text-sm">{url}</span>
      <CopyButton text={url} label="webhook URL" />
    </span>
  );
}
