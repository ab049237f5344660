"use client";

import { useQuery } from "@tanstack/react-query";
import { History, Search } from "lucide-react";
import { useQueryStates } from "nuqs";
import { useSession } from "#components/api/session.tsx";
import { workflowsQuery } from "#components/api/workflows.ts";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { plural } from "#components/ui/format.ts";
import { isFiltered, runFilterParsers } from "./filter.ts";
import type { useRunList } from "./use-run-list.ts";

/** More rows, or that there are none and why: nothing is kept for ever. */
export function ListEnd({ list, isEmpty }: { list: ReturnType<typeof useRunList>["list"]; isEmpty: boolean }) {
  const { retentionDays } = useSession();
  if (list.hasNextPage) {
    return (
      <div className="flex flex-col items-center gap-2 py-4">
        {isEmpty ? <p className="text-fg-muted">Nothing found yet: only the newest payloads were looked through.</p> : null}
        <Button loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {isEmpty ? "Look further back" : "Load older runs"}
        </Button>
      </div>
    );
  }
  if (isEmpty) return null;
  return (
    <p className="px-6 py-4 text-center text-fg-subtle text-sm">
      That is all. Runs are kept for {plural(retentionDays, "day")}; older ones are removed.
    </p>
  );
}

/** No run matches, or there is none yet: two different texts. */
export function NoRuns() {
  const [filter, setFilter] = useQueryStates(runFilterParsers);
  if (isFiltered(filter)) {
    return (
      <EmptyState icon={<Search />} title="No run matches" actions={<Button onClick={() => void setFilter(null)}>Clear filters</Button>}>
        No run has all of these properties. Widen the time range or take a filter away.
      </EmptyState>
    );
  }
  return <NoRunsYet />;
}

function NoRunsYet() {
  const workflows = useQuery(workflowsQuery);
  const first = workflows.data?.items[0];
  return (
    <EmptyState
      icon={<History />}
      title="No runs yet"
      actions={
        first ? (
          <ButtonLink href={`/workflows/${first.id}`} variant="primary">
            Run {first.name}
          </ButtonLink>
        ) : (
          <ButtonLink href="/workflows?new=true" variant="primary">
            New workflow
          </ButtonLink>
        )
      }
    >
      Every event that starts a workflow appears here with its steps. Run one from the editor, or send something to its webhook: the editor
      shows the command.
    </EmptyState>
  );
}
