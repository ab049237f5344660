"use client";

import { useQuery } from "@tanstack/react-query";
import { ListFilter, ListRestart, Search } from "lucide-react";
import { useQueryStates } from "nuqs";
import { useEffect, useState } from "react";
import { workflowsQuery } from "#components/api/workflows.ts";
import { ButtonLink, IconButton } from "#components/ui/button.tsx";
import { InputWithIcon } from "#components/ui/input.tsx";
import { Menu } from "#components/ui/menu.tsx";
import { Pill } from "#components/ui/pill.tsx";
import { Select } from "#components/ui/select.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import { type InboxFilter, type InboxTab, inboxParsers, inboxTabs, issueCountsQuery } from "./queries.ts";

const typingMs = 300;

const tabLabels: Record<InboxTab, string> = { review: "For review", mine: "Mine", snoozed: "Snoozed", resolved: "Resolved", all: "All" };

const sortOptions = [
  { value: "lastSeen", label: "Last seen" },
  { value: "firstSeen", label: "First seen" },
  { value: "count", label: "Most items" },
  { value: "trend", label: "Trend" },
] as const;

/** Title, tabs with counts, search, sort and what narrows the list. */
export function ListHead({ filter }: { filter: InboxFilter }) {
  const [, setFilter] = useQueryStates(inboxParsers);
  const counts = useQuery(issueCountsQuery);
  const tabs = inboxTabs.map((value) => ({
    value,
    label: tabLabels[value],
    // Zeros would only take room.
    count: counts.data?.[value] || undefined,
  }));
  return (
    <header>
      <div className="flex items-center justify-between gap-2 px-4 pt-5 pb-2">
        <h1 className="font-semibold text-xl">Inbox</h1>
        <ButtonLink href="/inbox/redrives" variant="ghost" size="sm" icon={<ListRestart aria-hidden />}>
          Bulk acts
        </ButtonLink>
      </div>
      <Tabs
        label="Inbox"
        listClassName="gap-2.5 xl:gap-3.5"
        items={tabs}
        value={filter.tab}
        onValueChange={(tab) => void setFilter({ tab })}
      />
      <div className="flex flex-wrap items-center gap-2 border-b px-4 py-2">
        <SearchField />
        <Select
          aria-label="Sort by"
          className="w-28"
          options={sortOptions}
          value={filter.sort}
          onValueChange={(sort) => void setFilter({ sort })}
        />
        {filter.tab === "mine" ? null : <FilterMenu filter={filter} />}
        <Narrowed filter={filter} />
      </div>
    </header>
  );
}

function FilterMenu({ filter }: { filter: InboxFilter }) {
  const [, setFilter] = useQueryStates(inboxParsers);
  const unassigned = filter.assignee === "none";
  return (
    <Menu
      trigger={<IconButton size="icon" variant="secondary" label="Filters" icon={<ListFilter aria-hidden />} />}
      entries={[
        {
          type: "choice",
          label: "Unassigned only",
          checked: unassigned,
          onSelect: () => void setFilter({ assignee: unassigned ? null : "none" }),
        },
      ]}
    />
  );
}

/** What narrows the list, each with a way to take it away. */
function Narrowed({ filter }: { filter: InboxFilter }) {
  const [, setFilter] = useQueryStates(inboxParsers);
  const workflows = useQuery({ ...workflowsQuery, enabled: filter.workflow !== null });
  return (
    <>
      {filter.assignee === "none" && filter.tab !== "mine" ? (
        <Pill removeLabel="Whoever it is assigned to" onRemove={() => void setFilter({ assignee: null })}>
          Unassigned
        </Pill>
      ) : null}
      {filter.workflow === null ? null : (
        <Pill removeLabel="Every workflow" onRemove={() => void setFilter({ workflow: null })}>
          {workflows.data?.items.find((workflow) => workflow.id === filter.workflow)?.name ?? "One workflow"}
        </Pill>
      )}
    </>
  );
}

function SearchField() {
  const [{ q }, setFilter] = useQueryStates(inboxParsers);
  const [text, setText] = useState(q);
  useEffect(() => setText(q), [q]);
  useEffect(() => {
    if (text === q) return;
    const timer = setTimeout(() => void setFilter({ q: text || null }), typingMs);
    return () => clearTimeout(timer);
  }, [text, q, setFilter]);
  return (
    <InputWithIcon
      type="search"
      aria-label="Search issues"
      placeholder="Search"
      icon={<Search />}
      value={text}
      onChange={(event) => setText(event.target.value)}
      data-inbox-search
      className="min-w-28 flex-1"
    />
  );
}
