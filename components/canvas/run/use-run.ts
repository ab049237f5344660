"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";
import { api, messageOf } from "#components/api/client.ts";
import { announce } from "#components/ui/live-region.ts";
import { lookOfRun } from "#components/ui/status.ts";
import { toast } from "#components/ui/toast.tsx";
import type { Pins, TestedItems } from "#lib/graph/document.ts";
import type { RunStarted, RunView, WorkflowView } from "#lib/shared/api-types.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import { isFinalRun } from "#lib/shared/statuses.ts";
import type { Autosave } from "../autosave.ts";
import { hasUnsaved } from "../autosave-state.ts";
import { setPin } from "../commands/pins.ts";
import { nodeOf } from "../document-index.ts";
import { runQuery, stepQuery } from "../queries.ts";
import { overlayOf } from "../run-overlay.ts";
import { useEditorStore } from "../use-editor.ts";
import { inputOf, itemsAround, partRefusal, pinsBefore, stepsBefore, type TestScope } from "./partial-run.ts";
import { lastOrFirstInput } from "./sample-inputs.ts";

/** Most runs are over within seconds: at first the canvas is kept close behind. */
const quickPollMs = 200;
const quickForMs = 5_000;
const pollMs = 500;
/** A run that has been at it for long is asked after less often. */
const slowPollMs = 2_000;
const slowAfterMs = 60_000;

export interface TestStart {
  input: JsonValue;
  triggerNodeId: string | null;
  until?: string;
  pins?: Pins;
  /** The one item that each of these loops goes through. */
  items?: TestedItems;
}

export interface RunHandle {
  /** The run shown on the canvas. */
  runId: string | null;
  view: RunView | undefined;
  starting: boolean;
  /** The answers of the server do not come through; what is shown may be old. */
  unreachable: boolean;
  dialogOpen: boolean;
  openDialog(): void;
  closeDialog(): void;
  start(a: TestStart): void;
  /** Tests a part of the draft, around a step, with the input of the shown run. */
  startPart(nodeId: string, scope: TestScope): void;
  /** Keeps what a step gave in the shown run as what it gives in tests. */
  pin(nodeId: string): void;
  /** The draft as it is on the screen is the server's after that; rejects when it cannot be saved. */
  saveDraft(): Promise<void>;
  stop(): void;
  show(runId: string | null): void;
}

function pollEvery(run: RunView | undefined): number | false {
  if (run === undefined) return quickPollMs;
  if (isFinalRun(run.status)) return false;
  const ageMs = Date.now() - Date.parse(run.createdAt);
  if (ageMs < quickForMs) return quickPollMs;
  return ageMs > slowAfterMs ? slowPollMs : pollMs;
}

/** Starts test runs of the draft and keeps the canvas in step with the one that is shown. */
export function useRun(workflow: WorkflowView, autosave: Autosave): RunHandle {
  const store = useEditorStore();
  const client = useQueryClient();
  const [runId, setRunId] = useState<string | null>(null);
  const [dialogOpen, setDialogOpen] = useState(false);
  const run = useQuery({ ...runQuery(runId ?? ""), enabled: runId !== null, refetchInterval: (query) => pollEvery(query.state.data) });
  const view = runId === null ? undefined : run.data;

  useEffect(() => {
    const { overlay, set } = store.getState();
    set({ overlay: view === undefined ? null : overlayOf(view, overlay) });
  }, [store, view]);
  useEndOfRun(view);

  const saveDraft = useCallback(async () => {
    if (hasUnsaved(await autosave.flush())) throw new Error("The draft could not be saved, so there is nothing new to run.");
  }, [autosave]);
  const start = useMutation({
    mutationFn: async ({ triggerNodeId, ...a }: TestStart) => {
      // The test runs the draft as the server has it.
      await saveDraft();
      const body = { mode: "test", ...a, ...(triggerNodeId === null ? {} : { triggerNodeId }) };
      return api.post<RunStarted>(`/workflows/${workflow.id}/runs`, body);
    },
    onSuccess: ({ runId: started }) => {
      setRunId(started);
      setDialogOpen(false);
      announce("The run has started");
      void client.invalidateQueries({ queryKey: ["runs"] });
    },
    onError: (error) => toast.error("The run did not start", { description: messageOf(error) }),
  });
  const stop = useCallback(() => {
    const { overlay, set } = store.getState();
    if (overlay === null || overlay.final || overlay.stopping) return;
    set({ overlay: { ...overlay, stopping: true } });
    api.post(`/runs/${overlay.runId}/cancel`).then(
      () => client.invalidateQueries({ queryKey: ["run", overlay.runId] }),
      (error) => {
        const { overlay: current } = store.getState();
        if (current !== null) set({ overlay: { ...current, stopping: false } });
        toast.error("The run could not be stopped", { description: messageOf(error) });
      },
    );
  }, [store, client]);

  const part = usePart(workflow, view, start.mutate);
  return {
    runId,
    view,
    starting: start.isPending || part.collecting,
    unreachable: view !== undefined && !isFinalRun(view.status) && run.isRefetchError,
    dialogOpen,
    openDialog: useCallback(() => setDialogOpen(true), []),
    closeDialog: useCallback(() => setDialogOpen(false), []),
    start: start.mutate,
    startPart: part.startPart,
    pin: part.pin,
    saveDraft,
    stop,
    show: setRunId,
  };
}

/** Runs parts of the draft and pins outputs, both with what the shown run gave. */
function usePart(workflow: WorkflowView, view: RunView | undefined, start: (a: TestStart) => void) {
  const store = useEditorStore();
  const client = useQueryClient();
  const outputOf = async (runId: string, stepId: string) => (await client.fetchQuery(stepQuery(runId, stepId))).output;
  const collect = useMutation({
    mutationFn: async ({ nodeId, scope }: { nodeId: string; scope: TestScope }): Promise<TestStart> => {
      const { document, testedItems } = store.getState();
      const items = itemsAround(document, nodeId, testedItems);
      const known = view !== undefined && nodeOf(document, view.triggerNodeId) !== undefined ? view : undefined;
      const refusal = partRefusal({ document, nodeId, scope, run: known, items });
      if (refusal !== null) throw new Error(refusal);
      const input = known === undefined ? lastOrFirstInput(workflow.id, document) : inputOf(document, known);
      const common = { input, triggerNodeId: known?.triggerNodeId ?? null, ...(Object.keys(items).length > 0 ? { items } : {}) };
      if (scope === "to" || known === undefined) return { ...common, until: nodeId };
      const before = stepsBefore(document, nodeId, known, items);
      const outputs = await Promise.all(before.map(async (step) => ({ step, output: await outputOf(known.id, step.id) })));
      return { ...common, pins: pinsBefore(document, nodeId, outputs), ...(scope === "only" ? { until: nodeId } : {}) };
    },
    onSuccess: (a) => start(a),
    onError: (error) => toast.error("The run did not start", { description: messageOf(error) }),
  });
  const pin = useMutation({
    mutationFn: async (nodeId: string) => {
      const step = view?.steps.find((each) => each.nodeId === nodeId && each.port !== null);
      if (view === undefined || step === undefined) throw new Error("In the shown run the step gave nothing yet.");
      return { nodeId, pin: { output: await outputOf(view.id, step.id), port: step.port ?? "out" } };
    },
    onSuccess: ({ nodeId, pin: given }) => {
      store.getState().apply("Pin output", (document) => setPin(document, nodeId, given));
      announce("Output pinned for tests");
    },
    onError: (error) => toast.error("Nothing was pinned", { description: messageOf(error) }),
  });
  const { mutate } = collect;
  const startPart = useCallback((nodeId: string, scope: TestScope) => mutate({ nodeId, scope }), [mutate]);
  return { collecting: collect.isPending, startPart, pin: pin.mutate };
}

/** The end of a run is heard, too. */
function useEndOfRun(view: RunView | undefined): void {
  const ended = view !== undefined && isFinalRun(view.status) ? lookOfRun(view).label.toLowerCase() : null;
  useEffect(() => {
    if (ended !== null) announce(`The run has ${ended}`);
  }, [ended]);
}
