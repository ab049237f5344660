"use client";

import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";
import { useStored } from "#components/ui/stored.ts";
import type { RunView, StepView } from "#lib/shared/api-types.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import { maxItems, maxRuns, sampleOfRun, samplesOfItems, stepsGiven, stepsSpokenOf, unitsOf } from "../expression/many-samples.ts";
import type { ManySamples } from "../expression/sample-context.ts";
import { runQuery, stepQuery } from "../queries.ts";
import type { SampleData } from "./use-sample.ts";

/** Several samples at once: of the last runs, or inside a loop of the items of the run at hand. Nothing is fetched until it is switched on. */
export function useManySamples({ sample, sources, choice }: SampleData, useful: boolean): ManySamples {
  const [on, setOn] = useStored("sluice.many-samples", false, isBoolean);
  const { document, nodeId } = sources;
  const inLoop = sample.loop !== null;
  const wanted = useMemo(() => stepsSpokenOf(document, nodeId), [document, nodeId]);
  const ofRuns = on && useful && !inLoop;
  const runs = useQueries({
    queries: (ofRuns ? choice.runs.slice(0, maxRuns) : []).map(({ id }) => runQuery(id)),
    combine: answersOf<RunView>,
  });
  const given = useMemo(
    () => runs.data.flatMap((run) => [{ run, steps: stepsGiven(run, wanted) }]).filter(({ steps }) => steps !== null),
    [runs.data, wanted],
  );
  const outputs = useQueries({
    queries: given.flatMap(({ run, steps }) =>
      (steps ?? []).map((step) => ({ ...stepQuery(run.id, step.id), staleTime: Number.POSITIVE_INFINITY })),
    ),
    combine: answersOf<StepView>,
  });
  const samples = useMemo(() => {
    if (!on || !useful) return [];
    if (inLoop) return samplesOfItems(sources, sample);
    const byStep = new Map(outputs.data.map((step) => [step.id, step]));
    return given.flatMap(({ run, steps }) => {
      const known = (steps ?? []).flatMap((step): [string, JsonValue][] => {
        const found = byStep.get(step.id);
        return found === undefined ? [] : [[step.nodeId, found.output]];
      });
      return known.length === steps?.length ? [sampleOfRun(sources, run, new Map(known))] : [];
    });
  }, [on, useful, inLoop, sources, sample, given, outputs.data]);
  return {
    on,
    setOn,
    of: inLoop ? "items" : "runs",
    available: inLoop ? Math.min(unitsOf(sample), maxItems) : Math.min(choice.runs.length, maxRuns),
    samples,
    left: runs.data.length - given.length,
    loading: choice.loading || runs.loading || outputs.loading,
    error: runs.error ?? outputs.error,
    choose: choice.choose,
  };
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === "boolean";
}

interface Answer<T> {
  data: T | undefined;
  isPending: boolean;
  error: Error | null;
}

function answersOf<T>(results: Answer<T>[]): { data: T[]; loading: boolean; error: Error | null } {
  return {
    data: results.flatMap(({ data }) => (data === undefined ? [] : [data])),
    loading: results.some(({ isPending }) => isPending),
    error: results.find(({ error }) => error !== null)?.error ?? null,
  };
}
