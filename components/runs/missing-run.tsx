"use client";

import { CalendarX, Lock, SearchX } from "lucide-react";
import { ApiFailure } from "#components/api/client.ts";
import { useSession } from "#components/api/session.tsx";
import { ButtonLink } from "#components/ui/button.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { ErrorState } from "#components/ui/error-state.tsx";
import { plural } from "#components/ui/format.ts";
import { useNow } from "#components/ui/now.ts";
import { Time } from "#components/ui/time.tsx";
import { madeAt, whyMissing } from "./run-missing.ts";

interface MissingRunProps {
  runId: string;
  error: unknown;
  onRetry: () => void;
  retrying: boolean;
}

/** Gone by its age, never there, not allowed, not reachable: four different things. */
export function MissingRun({ runId, error, onRetry, retrying }: MissingRunProps) {
  const { retentionDays } = useSession();
  const nowMs = useNow(false);
  const why = whyMissing({ status: error instanceof ApiFailure ? error.status : null, runId, retentionDays, nowMs });
  const toRuns = <ButtonLink href="/runs">All runs</ButtonLink>;
  if (why === "expired") {
    return (
      <EmptyState icon={<CalendarX />} title="This run is not kept any more" actions={toRuns}>
        It was received on <Time at={new Date(madeAt(runId) ?? 0).toISOString()} absolute />. Runs are kept for{" "}
        {plural(retentionDays, "day")}, which the setting SLUICE_RETENTION_DAYS says.
      </EmptyState>
    );
  }
  if (why === "unknown") {
    return (
      <EmptyState icon={<SearchX />} title="There is no such run" actions={toRuns}>
        The address is mistyped, or the run belongs to another workspace.
      </EmptyState>
    );
  }
  if (why === "forbidden") {
    return (
      <EmptyState icon={<Lock />} title="You may not see this run" actions={toRuns}>
        Ask an owner of the workspace for a role that may.
      </EmptyState>
    );
  }
  return <ErrorState title="The run could not be loaded" error={error} onRetry={onRetry} retrying={retrying} />;
}
