"use client";

import { useQuery } from "@tanstack/react-query";
import { Search, X } from "lucide-react";
import { useQueryStates } from "nuqs";
import { useEffect, useState } from "react";
import { workflowsQuery } from "#components/api/workflows.ts";
import { Button } from "#components/ui/button.tsx";
import { Combobox } from "#components/ui/combobox.tsx";
import { InputWithIcon } from "#components/ui/input.tsx";
import { MultiSelect } from "#components/ui/multi-select.tsx";
import { Pill } from "#components/ui/pill.tsx";
import { useShortcuts } from "#components/ui/shortcuts.ts";
import { runLooks } from "#components/ui/status.ts";
import { StatusIcon } from "#components/ui/status-badge.tsx";
import { TimeRange } from "#components/ui/time-range.tsx";
import { runStatuses } from "#lib/shared/statuses.ts";
import { isFiltered, pillsOf, runFilterParsers } from "./filter.ts";
import { MoreFilters } from "./more-filters.tsx";

const typingMs = 300;

const statusOptions = runStatuses.map((status) => ({
  value: status,
  label: runLooks[status].label,
  icon: <StatusIcon look={runLooks[status]} />,
}));

/** The filters of the run list; all of them live in the address. */
export function FilterBar() {
  const [filter, setFilter] = useQueryStates(runFilterParsers);
  const [more, setMore] = useState(false);
  const workflows = useQuery(workflowsQuery);
  const workflowOptions = workflows.data?.items.map((workflow) => ({ value: workflow.id, label: workflow.name })) ?? [];
  useShortcuts("Lists", [{ keys: "f", label: "Filters", run: () => setMore(true) }]);
  return (
    <div className="flex flex-wrap items-center gap-2 px-4 pb-3 md:px-6">
      <SearchField />
      <MultiSelect label="Status" options={statusOptions} values={filter.status} onValuesChange={(status) => void setFilter({ status })} />
      <Combobox
        aria-label="Workflow"
        placeholder="Every workflow"
        clearable={filter.workflow !== null}
        className="min-w-32 max-w-52 flex-1 max-sm:hidden"
        options={workflowOptions}
        value={filter.workflow}
        onValueChange={(workflow) => void setFilter({ workflow, version: null, node: null })}
      />
      <TimeRange value={filter} onValueChange={({ last, from, to }) => void setFilter({ last, from, to })} />
      <MoreFilters open={more} onOpenChange={setMore} />
      {pillsOf(filter).map(({ key, text }) => (
        <Pill key={key} removeLabel={`Remove the filter ${text}`} onRemove={() => void setFilter({ [key]: null })}>
          {text}
        </Pill>
      ))}
      {isFiltered(filter) ? (
        <Button variant="ghost" icon={<X aria-hidden />} onClick={() => void setFilter(null)}>
          Clear filters
        </Button>
      ) : null}
    </div>
  );
}

/** Text goes into the address when typing pauses: each change asks the server. */
function SearchField() {
  const [{ q }, setFilter] = useQueryStates(runFilterParsers);
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
      aria-label="Search runs"
      placeholder="Run id, error or key"
      icon={<Search />}
      value={text}
      onChange={(event) => setText(event.target.value)}
      className="w-full sm:w-auto sm:min-w-28 sm:max-w-60 sm:flex-1"
    />
  );
}
