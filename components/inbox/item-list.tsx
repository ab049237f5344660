"use client";

import { useQuery } from "@tanstack/react-query";
import { CircleCheck, RotateCw, Search, Trash2 } from "lucide-react";
import { useQueryStates } from "nuqs";
import { useState } from "react";
import { useDenied } from "#components/api/session.tsx";
import { Button } from "#components/ui/button.tsx";
import { Checkbox } from "#components/ui/checkbox.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { formatCount, plural } from "#components/ui/format.ts";
import type { IssueView } from "#lib/shared/inbox-types.ts";
import { BulkDiscardDialog } from "./bulk-discard-dialog.tsx";
import { BulkRedriveDialog } from "./bulk-redrive-dialog.tsx";
import { ItemFilterBar, itemParsers } from "./item-filter.tsx";
import { ItemPage } from "./item-page.tsx";
import { deadLettersQuery, type ItemFilter } from "./queries.ts";
import { type PlanWish, type RedriveFilter, redrivePlanQuery } from "./redrive-queries.ts";
import { type ItemSelection, useItemSelection } from "./use-item-selection.ts";

/** The items of an issue: one payload each. Some, all shown, or all that match can be redriven together. */
export function ItemList({ issue }: { issue: IssueView }) {
  const [{ items, error }] = useQueryStates(itemParsers);
  const filter: ItemFilter = { issueId: issue.id, shows: items, error };
  // Another filter is another list, of which nothing is selected.
  return <FilteredList key={`${items} ${error}`} filter={filter} />;
}

function FilteredList({ filter }: { filter: ItemFilter }) {
  const selection = useItemSelection();
  const first = useQuery(deadLettersQuery(filter, null));
  const picked = new Set(selection.selected);
  const isSelected = (id: string) => selection.everything || picked.has(id);
  return (
    <>
      <Head filter={filter} selection={selection} />
      {first.data?.items.length === 0 ? (
        <NothingHere filter={filter} />
      ) : (
        // biome-ignore lint/a11y/useSemanticElements: the rows come in pages, which a <ul> may not hold
        <div role="list" aria-label="Items">
          {selection.cursors.map((cursor, index) => (
            <ItemPage
              // biome-ignore lint/suspicious/noArrayIndexKey: a page is the n-th of its list, whatever its cursor has become
              key={index}
              index={index}
              filter={filter}
              cursor={cursor}
              isSelected={isSelected}
              onToggle={selection.onToggle}
              onLoaded={selection.onLoaded}
            />
          ))}
        </div>
      )}
    </>
  );
}

/** The filter; or, once something is selected, what can be done with it. */
function Head({ filter, selection }: { filter: ItemFilter; selection: ItemSelection }) {
  const { selected, everything, shownCount } = selection;
  const allShown = shownCount > 0 && selected.length === shownCount;
  return (
    <div className="sticky top-0 z-20 border-b bg-bg">
      <div className="flex min-h-12 flex-wrap items-center gap-2 py-2 pr-4 pl-1">
        <span className="flex w-9 justify-center">
          <Checkbox
            aria-label="Select all items shown"
            disabled={shownCount === 0}
            checked={everything || allShown}
            indeterminate={!everything && !allShown && selected.length > 0}
            onCheckedChange={(checked) => (checked ? selection.selectShown() : selection.clear())}
          />
        </span>
        {everything || selected.length > 0 ? <SelectionBar filter={filter} selection={selection} /> : <ItemFilterBar />}
      </div>
      {allShown && (selection.hasMore || everything) ? <Everything filter={filter} selection={selection} /> : null}
    </div>
  );
}

/** All open items a filter means, however many were fetched. */
function allOf({ issueId, error }: ItemFilter): RedriveFilter {
  return { issueIds: [issueId], ...(error.trim() === "" ? {} : { q: error.trim() }) };
}

/** For the count alone. */
const anyWish: PlanWish = { ratePerSecond: 10, order: "oldest", edit: null };

function SelectionBar({ filter, selection }: { filter: ItemFilter; selection: ItemSelection }) {
  const [asking, setAsking] = useState<"redrive" | "discard" | null>(null);
  const denied = useDenied("issues:write");
  const plan = useQuery({ ...redrivePlanQuery(allOf(filter), anyWish), enabled: selection.everything });
  const count = selection.everything ? plan.data?.total : selection.selected.length;
  const chosen: RedriveFilter = selection.everything ? allOf(filter) : { deadLetterIds: selection.selected };
  return (
    <>
      <span role="status" className="mr-auto font-medium tabular-nums">
        {count === undefined ? "All" : formatCount(count)} selected
      </span>
      <Button variant="primary" icon={<RotateCw aria-hidden />} disabledReason={denied} onClick={() => setAsking("redrive")}>
        Redrive selected
      </Button>
      <Button variant="danger" icon={<Trash2 aria-hidden />} disabledReason={denied} onClick={() => setAsking("discard")}>
        Discard
      </Button>
      <Button variant="ghost" onClick={selection.clear}>
        Clear
      </Button>
      {asking === "redrive" ? <BulkRedriveDialog filter={chosen} onClose={() => setAsking(null)} /> : null}
      {asking === "discard" ? <BulkDiscardDialog filter={chosen} onClose={() => setAsking(null)} /> : null}
    </>
  );
}

function Everything({ filter, selection }: { filter: ItemFilter; selection: ItemSelection }) {
  const plan = useQuery(redrivePlanQuery(allOf(filter), anyWish));
  const where = filter.error.trim() === "" ? "in this issue" : "that match";
  const total = plan.data ? plural(plan.data.total, "item") : "items";
  return (
    <p className="flex flex-wrap items-center gap-x-2 gap-y-1 border-t bg-subtle px-4 py-1.5 text-fg-muted">
      {selection.everything ? (
        <>
          All {total} {where} are selected, also those not shown yet.
        </>
      ) : (
        <>
          {formatCount(selection.selected.length)} items shown are selected.
          <Button size="sm" onClick={selection.selectEverything}>
            Select all {total} {where}
          </Button>
        </>
      )}
    </p>
  );
}

function NothingHere({ filter }: { filter: ItemFilter }) {
  const [, setFilter] = useQueryStates(itemParsers);
  if (filter.error !== "") {
    return (
      <EmptyState
        icon={<Search />}
        title="No item matches"
        actions={<Button onClick={() => void setFilter({ error: null, items: null })}>Clear filters</Button>}
      >
        No {filter.shows === "open" ? "open item" : "item"} of this issue has these words in its error.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<CircleCheck />}
      title="No item is open"
      actions={<Button onClick={() => void setFilter({ items: "all" })}>Show all items</Button>}
    >
      Each was redriven, decided or discarded.
    </EmptyState>
  );
}
