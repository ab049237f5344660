import { describe, expect, it } from "vitest";
import type { RunView, StepSummary } from "#lib/shared/api-types.ts";
import { setNode } from "./commands/edit-node.ts";
import { nudgeNodes } from "./commands/move-nodes.ts";
import { nodeOf } from "./document-index.ts";
import { graph } from "./graph-fixture.ts";
import { overlayOf, staleReason } from "./run-overlay.ts";

const document = graph({ hook: "webhook", call: "http-request", note: "set", lone: "set" }, ["hook > call", "call > note"]);
const at = "2026-11-21T14:02:11Z";

function step(nodeId: string, change: Partial<StepSummary>): StepSummary {
  return {
    id: `s-${nodeId}-${change.iteration ?? ""}`,
    nodeId,
    iteration: "",
    name: nodeId,
    type: "set",
    status: "succeeded",
    waitReason: null,
    wakeAt: null,
    port: "out",
    deadLettered: false,
    attempts: 1,
    retried: false,
    error: null,
    createdAt: at,
    startedAt: at,
    finishedAt: at,
    durationMs: 10,
    attemptSummaries: [],
    ...change,
  };
}

function run(change: Partial<RunView>): RunView {
  return {
    id: "r1",
    workflowId: "w",
    workflowName: "W",
    version: null,
    mode: "test",
    status: "running",
    retried: false,
    partial: false,
    held: null,
    parent: null,
    failureOf: null,
    children: [],
    triggerType: "manual",
    error: null,
    createdAt: at,
    startedAt: at,
    finishedAt: null,
    durationMs: null,
    queueMs: null,
    attempts: 0,
    dedupeKey: null,
    replays: [],
    moves: [],
    attributes: [],
    triggerNodeId: "hook",
    event: null,
    replayOf: null,
    redriveCount: 0,
    wakeAt: null,
    document: JSON.parse(JSON.stringify(document)),
    steps: [],
    iterations: [],
    moreSteps: 0,
    deadLetters: [],
    ...change,
  };
}

describe("overlayOf", () => {
  it("shows what a live run has not reached as queued, and leaves out what it cannot reach", () => {
    const overlay = overlayOf(run({ steps: [step("hook", {}), step("call", { status: "running", durationMs: null })] }));
    expect([...overlay.nodes].map(([id, node]) => [id, node.status])).toEqual([
      ["hook", "succeeded"],
      ["call", "running"],
      ["note", "pending"],
    ]);
  });

  it("shows nothing at nodes an ended run never reached", () => {
    const overlay = overlayOf(run({ status: "failed", steps: [step("hook", {}), step("call", { status: "failed" })] }));
    expect(overlay.final).toBe(true);
    expect(overlay.nodes.has("note")).toBe(false);
  });

  it("counts the iterations that are not listed, and shows the worst of them", () => {
    const iterations = [
      { nodeId: "call", status: "succeeded" as const, count: 990 },
      { nodeId: "call", status: "failed" as const, count: 10 },
    ];
    const overlay = overlayOf(run({ steps: [step("call", { iteration: "7" })], iterations, moreSteps: 999 }));
    expect(overlay.nodes.get("call")).toMatchObject({ status: "failed", iterations: 1_000 });
  });

  it("tells the iterations of a node as one: the worst state, the time of all", () => {
    const steps = [
      step("call", { iteration: "0" }),
      step("call", { iteration: "1", status: "failed", attempts: 3 }),
      step("call", { iteration: "2" }),
    ];
    expect(overlayOf(run({ status: "failed", steps })).nodes.get("call")).toMatchObject({
      status: "failed",
      attempts: 3,
      durationMs: 30,
      iterations: 3,
    });
  });

  it("keeps the object of a node that did not change, so that it is not drawn again", () => {
    const first = overlayOf(run({ steps: [step("hook", {})] }));
    const second = overlayOf(run({ steps: [step("hook", {}), step("call", { status: "running" })] }), first);
    expect(second.nodes.get("hook")).toBe(first.nodes.get("hook"));
    expect(second.nodes.get("call")).not.toBe(first.nodes.get("call"));
  });

  it("says stopping until the run has really ended", () => {
    const stopping = { ...overlayOf(run({})), stopping: true };
    expect(overlayOf(run({}), stopping).stopping).toBe(true);
    expect(overlayOf(run({ status: "canceled" }), stopping).stopping).toBe(false);
  });
});

describe("staleReason", () => {
  const overlay = overlayOf(run({ status: "succeeded" }));
  const stale = (edited: typeof document, id: string) => {
    const node = nodeOf(edited, id);
    return node !== undefined && staleReason(overlay, node) !== null;
  };

  it("marks a node whose settings changed since the run", () => {
    expect(stale(setNode(document, "call", { config: { method: "POST", url: "https://example.com" } }), "call")).toBe(true);
  });

  it("does not mark one that was only moved", () => {
    expect(stale(nudgeNodes(document, ["call"], { x: 20, y: 0 }), "call")).toBe(false);
  });
});
