"use client";

import { useQuery } from "@tanstack/react-query";
import { FileUp, LayoutTemplate, Plus, Search } from "lucide-react";
import { parseAsBoolean, parseAsString, parseAsStringLiteral, useQueryState, useQueryStates } from "nuqs";
import { useState } from "react";
import { useDenied } from "#components/api/session.tsx";
import { workflowsQuery } from "#components/api/workflows.ts";
import { Button } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { InputWithIcon } from "#components/ui/input.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Select } from "#components/ui/select.tsx";
import { useShortcuts } from "#components/ui/shortcuts.ts";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { useWorkflowActions } from "./actions.ts";
import { CreateDialog } from "./create-dialog.tsx";
import { filterWorkflows, sorts } from "./filter.ts";
import { templatesQuery } from "./queries.ts";
import { type RowDialog, RowDialogs } from "./row-dialogs.tsx";
import { WorkflowTable } from "./workflow-table.tsx";

const states = ["live", "draft", "paused", "archived"] as const;

const filterParsers = {
  q: parseAsString.withDefault(""),
  state: parseAsStringLiteral(states),
  sort: parseAsStringLiteral(sorts).withDefault("name"),
};

const stateOptions = [
  { value: "all", label: "Every state" },
  { value: "live", label: "Live" },
  { value: "draft", label: "Draft" },
  { value: "paused", label: "Paused" },
  { value: "archived", label: "Archived" },
] as const;

const sortOptions = [
  { value: "name", label: "By name" },
  { value: "last-run", label: "By last run" },
  { value: "failures", label: "By failures" },
  { value: "updated", label: "By last change" },
] as const;

export function WorkflowsPage() {
  const [creating, setCreating] = useQueryState("new", parseAsBoolean.withDefault(false));
  const [choice, setChoice] = useState<string | null>(null);
  const denied = useDenied("workflows:write");
  const create = (from: string | null = null) => {
    setChoice(from);
    void setCreating(true);
  };
  useShortcuts("Workflows", [{ keys: "n", label: "New workflow", run: () => create() }]);
  return (
    <>
      <PageHeader
        title="Workflows"
        actions={
          <Button variant="primary" icon={<Plus aria-hidden />} disabledReason={denied} onClick={() => create()}>
            New workflow
          </Button>
        }
      />
      <WorkflowList onCreate={create} />
      <CreateDialog
        key={`${creating} ${choice}`}
        open={creating}
        onOpenChange={(open) => void setCreating(open ? true : null)}
        choice={choice}
      />
    </>
  );
}

function WorkflowList({ onCreate }: { onCreate: (from?: string | null) => void }) {
  const [filter] = useQueryStates(filterParsers);
  const [dialog, setDialog] = useState<RowDialog | null>(null);
  const workflows = useQuery(workflowsQuery);
  const actions = useWorkflowActions();
  if (workflows.isPending) return <SkeletonRows label="Loading workflows" />;
  if (!workflows.data) {
    return (
      <ErrorState
        title="The workflows could not be loaded"
        error={workflows.error}
        onRetry={() => void workflows.refetch()}
        retrying={workflows.isFetching}
      />
    );
  }
  if (workflows.data.items.length === 0) return <FirstWorkflow onCreate={onCreate} />;
  const rows = filterWorkflows(workflows.data.items, filter);
  return (
    <>
      <Toolbar />
      {rows.length > 0 ? <WorkflowTable rows={rows} actions={actions} onDialog={setDialog} /> : <NothingMatches />}
      <RowDialogs dialog={dialog} onClose={() => setDialog(null)} actions={actions} />
    </>
  );
}

function Toolbar() {
  const [filter, setFilter] = useQueryStates(filterParsers);
  return (
    <div className="flex flex-wrap items-center gap-2 px-4 pb-3 md:px-6">
      <InputWithIcon
        type="search"
        aria-label="Search workflows"
        placeholder="Search"
        icon={<Search />}
        value={filter.q}
        onChange={(event) => void setFilter({ q: event.target.value || null })}
        className="w-full sm:w-64"
      />
      <Select
        aria-label="State"
        className="max-sm:flex-1 sm:w-36"
        value={filter.state ?? "all"}
        onValueChange={(state) => void setFilter({ state: state === "all" ? null : state })}
        options={stateOptions}
      />
      <Select
        aria-label="Sort by"
        className="max-sm:flex-1 sm:w-40"
        value={filter.sort}
        onValueChange={(sort) => void setFilter({ sort })}
        options={sortOptions}
      />
    </div>
  );
}

function NothingMatches() {
  const [filter, setFilter] = useQueryStates(filterParsers);
  const isFiltered = filter.q !== "" || filter.state !== null;
  return (
    <EmptyState
      icon={<Search />}
      title={isFiltered ? "No workflow matches" : "Every workflow is archived"}
      actions={
        isFiltered ? (
          <Button onClick={() => void setFilter(null)}>Clear filters</Button>
        ) : (
          <Button onClick={() => void setFilter({ state: "archived" })}>Show archived</Button>
        )
      }
    >
      {isFiltered ? "Nothing has this name, trigger or state." : "Archived workflows are kept with their runs."}
    </EmptyState>
  );
}

/** Nothing yet: the templates are the shortest way to something that runs. */
function FirstWorkflow({ onCreate }: { onCreate: (from?: string | null) => void }) {
  const templates = useQuery(templatesQuery);
  return (
    <div className="mx-auto flex w-full max-w-2xl flex-col gap-3 px-4 py-10">
      <div className="mb-2 text-center">
        <p className="font-medium">Build your first workflow</p>
        <p className="mt-1 text-fg-muted">Start from a template. They run against the built-in sandbox and need no account anywhere.</p>
      </div>
      {templates.data?.map((template) => (
        <button
          key={template.id}
          type="button"
          onClick={() => onCreate(template.id)}
          className="flex w-full items-start gap-3 rounded-md border px-4 py-3 text-left hover:bg-hover"
        >
          <LayoutTemplate aria-hidden className="mt-0.5 size-4 shrink-0 text-fg-subtle" />
          <span>
            <span className="block font-medium">{template.name}</span>
            <span className="block text-fg-muted text-sm">{template.description}</span>
          </span>
        </button>
      ))}
      <div className="mt-1 flex justify-center gap-2">
        <Button icon={<Plus aria-hidden />} onClick={() => onCreate("blank")}>
          Blank workflow
        </Button>
        <Button icon={<FileUp aria-hidden />} onClick={() => onCreate("import")}>
          Import
        </Button>
      </div>
    </div>
  );
}
