"use client";

import { useQueries, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useMemo, useState } from "react";
import { useSession } from "#components/api/session.tsx";
import type { RunSummary, RunView, StepView, WorkflowView } from "#lib/shared/api-types.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "#lib/shared/json.ts";
import { nodeOf, reachable } from "../document-index.ts";
import { type SampleScope, type SampleSources, sampleScope, triggerFromInput } from "../expression/sample-scope.ts";
import { recentRunsQuery, runQuery, stepQuery } from "../queries.ts";
import { templateSample, triggersOf } from "../run/sample-inputs.ts";
import type { RunHandle } from "../run/use-run.ts";
import { useDocument, useEditor } from "../use-editor.ts";

/** Which data the previews of a panel work with, and what else there is to choose. */
export interface SampleChoice {
  /** Of a run, or made up from examples. */
  runId: string | null;
  runs: RunSummary[];
  loading: boolean;
  /** The latest runs could not be read. */
  error: Error | null;
  choose(runId: string | null): void;
}

export interface SampleData {
  sample: SampleScope;
  /** What the sample was made of. */
  sources: SampleSources;
  choice: SampleChoice;
}

/** The data previews of a node's expressions work with: from the chosen run, else the shown, else the last one, else examples. */
export function useSampleData(nodeId: string, workflow: WorkflowView, run: RunHandle): SampleData {
  const [chosen, choose] = useState<string | null | undefined>(undefined);
  // Previews may follow a moment later; typing may not wait for them.
  const document = useDeferredValue(useDocument());
  const recent = useQuery(recentRunsQuery(workflow.id));
  const runs = recent.data?.items ?? noRuns;
  const runId = chosen === undefined ? (run.runId ?? runs[0]?.id ?? null) : chosen;
  const answer = useQuery({ ...runQuery(runId ?? ""), enabled: runId !== null });
  const view = runId === null ? undefined : answer.data;
  const { baseUrl } = useSession();
  const connection = useConnectionFields(nodeId);
  const before = useMemo(() => reachable(document, nodeId, "upstream"), [document, nodeId]);
  const outputs = useOutputs(view, before);
  const trigger = view?.event?.data;
  const items = useEditor((state) => state.testedItems);
  const sources = useMemo((): SampleSources => {
    const sample = templateSample(document);
    return {
      document,
      nodeId,
      trigger,
      outputs,
      sampleTrigger: sample === undefined ? undefined : triggerFromInput(triggersOf(document)[0], sample),
      baseUrl,
      connection,
      nowIso: new Date().toISOString(),
      items,
    };
  }, [document, nodeId, trigger, outputs, baseUrl, connection, items]);
  const sample = useMemo(() => sampleScope(sources), [sources]);
  const loading = recent.isPending || (runId !== null && answer.isPending);
  return { sample, sources, choice: { runId, runs, loading, error: recent.error ?? answer.error, choose } };
}

const noRuns: RunSummary[] = [];

const noFields: JsonObject = {};

function useConnectionFields(nodeId: string): JsonObject {
  return useEditor((state) => {
    const id = nodeOf(state.document, nodeId)?.connectionId;
    const fields = state.connections.find((connection) => connection.id === id)?.fields;
    return isJsonObject(fields) ? fields : noFields;
  });
}

function useOutputs(run: RunView | undefined, before: ReadonlySet<string>): ReadonlyMap<string, JsonValue> {
  const steps = (run?.steps ?? []).filter(
    (step) => before.has(step.nodeId) && (step.status === "succeeded" || step.status === "deduplicated"),
  );
  return useQueries({
    queries: steps.map((step) => ({ ...stepQuery(run?.id ?? "", step.id), staleTime: Number.POSITIVE_INFINITY })),
    combine: outputsByNode,
  });
}

// One function for all renders: then React Query gives the same map as long as the answers are the same.
function outputsByNode(results: { data: StepView | undefined }[]): Map<string, JsonValue> {
  return new Map(results.flatMap(({ data }): [string, JsonValue][] => (data === undefined ? [] : [[data.nodeId, data.output]])));
}
