import { describe, expect, it } from "vitest";
import type { WorkflowSummary } from "#lib/shared/api-types.ts";
import { filterWorkflows } from "./filter.ts";

function workflow(name: string, change: Partial<WorkflowSummary> = {}): WorkflowSummary {
  return {
    id: name,
    name,
    state: "live",
    pausedReason: null,
    liveVersion: 1,
    rollout: null,
    hasUnpublishedChanges: false,
    trigger: "Webhook",
    nextFireAt: null,
    lastRun: null,
    runs24h: { total: 0, failed: 0, byHour: [] },
    openDeadLetters: 0,
    createdAt: "2026-01-01",
    updatedAt: "2026-01-01",
    ...change,
  };
}

const names = (filter: Partial<Parameters<typeof filterWorkflows>[1]>, all: WorkflowSummary[]) =>
  filterWorkflows(all, { q: "", state: null, sort: "name", ...filter }).map((each) => each.name);

describe("filterWorkflows", () => {
  it("shows archived workflows only when asked for", () => {
    const all = [workflow("b"), workflow("a", { state: "archived" })];
    expect(names({}, all)).toEqual(["b"]);
    expect(names({ state: "archived" }, all)).toEqual(["a"]);
  });

  it("finds every word in name, trigger or id, whatever the case", () => {
    const all = [workflow("Order intake"), workflow("Nightly sync", { trigger: "Every day at 02:00" })];
    expect(names({ q: "night 02:00" }, all)).toEqual(["Nightly sync"]);
    expect(names({ q: "ORDER webhook" }, all)).toEqual(["Order intake"]);
    expect(names({ q: "order day" }, all)).toEqual([]);
  });

  it("puts what never ran last, and equal ones by name", () => {
    const all = [workflow("c"), workflow("b", { lastRun: { id: "1", status: "failed", at: "2026-02-01" } }), workflow("a")];
    expect(names({ sort: "last-run" }, all)).toEqual(["b", "a", "c"]);
  });
});
