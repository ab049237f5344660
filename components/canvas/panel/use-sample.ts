"use client";

import { useQueries, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useMemo } from "react";
import { useSession } from "#components/api/session.tsx";
import type { RunView, StepView, WorkflowView } from "#lib/shared/api-types.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "#lib/shared/json.ts";
import { nodeOf, reachable } from "../document-index.ts";
import { type SampleScope, sampleScope, triggerFromInput } from "../expression/sample-scope.ts";
import { recentRunsQuery, runQuery, stepQuery } from "../queries.ts";
import { templateSample, triggersOf } from "../run/sample-inputs.ts";
import type { RunHandle } from "../run/use-run.ts";
import { useDocument, useEditor } from "../use-editor.ts";

/** The data previews of a node's expressions work with: from the shown run, else the last one, else samples. */
export function useSampleScope(nodeId: string, workflow: WorkflowView, run: RunHandle): SampleScope {
  // Previews may follow a moment later; typing may not wait for them.
  const document = useDeferredValue(useDocument());
  const recent = useQuery(recentRunsQuery(workflow.id));
  const runId = run.runId ?? recent.data?.items[0]?.id;
  const view = useQuery({ ...runQuery(runId ?? ""), enabled: runId !== undefined });
  const { baseUrl } = useSession();
  const connection = useConnectionFields(nodeId);
  const before = useMemo(() => reachable(document, nodeId, "upstream"), [document, nodeId]);
  const outputs = useOutputs(view.data, before);
  const trigger = view.data?.event?.data;
  return useMemo(() => {
    const sample = templateSample(document);
    return sampleScope({
      document,
      nodeId,
      trigger,
      outputs,
      sampleTrigger: sample === undefined ? undefined : triggerFromInput(triggersOf(document)[0], sample),
      baseUrl,
      connection,
      nowIso: new Date().toISOString(),
    });
  }, [document, nodeId, trigger, outputs, baseUrl, connection]);
}

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
