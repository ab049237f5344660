import { expect, it } from "vitest";
import type { RunView, StepSummary } from "#lib/shared/api-types.ts";
import { setNode } from "../commands/edit-node.ts";
import { graph } from "../graph-fixture.ts";
import { sampleOfRun, samplesOfItems, stepsGiven, stepsSpokenOf } from "./many-samples.ts";
import { type SampleSources, sampleScope } from "./sample-scope.ts";

const field = (source: string) => ({ config: { fields: [{ target: "a", source }] } });
const document = graph({ hook: "webhook", get: "set", other: "set", check: "validate-transform" }, [
  "hook > get",
  "get > other",
  "other > check",
]);

function sourcesOf(change: Partial<SampleSources> = {}): SampleSources {
  const common = { document, nodeId: "check", trigger: undefined, outputs: new Map(), sampleTrigger: undefined, connection: {} };
  return { ...common, baseUrl: "http://localhost:3000", nowIso: "2026-11-26T08:00:00.000Z", ...change };
}

// Safe because a sample is read off these fields alone.
const step = (nodeId: string, status: string, iteration = "") => ({ nodeId, status, iteration }) as StepSummary;
const run = (steps: StepSummary[]): Pick<RunView, "id" | "createdAt" | "event" | "steps"> => {
  const at = "2026-11-26T08:00:00.000Z";
  return { id: "r1", createdAt: at, event: { id: "e", data: { body: { n: 7 } }, receivedAt: at }, steps };
};

it("asks only for the steps that the settings speak of", () => {
  const speaking = (source: string) => stepsSpokenOf(setNode(document, "check", field(source)), "check");
  expect(speaking("{{ steps.get.output.id }}")).toEqual(["get"]);
  expect(speaking('{{ steps["other"].output }}')).toEqual(["other"]);
  expect(speaking("{{ trigger.body.get }} steps.nowhere steps.check")).toEqual([]);
});

it("leaves out a run that did not get as far as the step", () => {
  expect(stepsGiven(run([step("get", "succeeded"), step("other", "failed")]), ["get"])).toHaveLength(1);
  expect(stepsGiven(run([step("get", "failed")]), ["get"])).toBeNull();
  expect(stepsGiven({ ...run([]), event: null }, [])).toBeNull();
});

it("sees what the run saw", () => {
  const { scope, at } = sampleOfRun(sourcesOf(), run([]), new Map([["get", { id: 1 }]]));
  expect([scope.trigger, scope.steps.get, at]).toEqual([{ body: { n: 7 } }, { output: { id: 1 } }, "2026-11-26T08:00:00.000Z"]);
});

it("tries the items of a loop one by one, or batch by batch", () => {
  const loop = graph({ hook: "webhook", each: "for-each", check: "validate-transform" }, ["hook > each", "each:item > check"]);
  const items = (batchSize: number) => {
    const withItems = setNode(loop, "each", { config: { items: "{{ trigger.body }}", batchSize } });
    const sources = sourcesOf({ document: withItems, trigger: { body: ["a", "b", "c"] } });
    return samplesOfItems(sources, sampleScope(sources)).map(({ scope, index }) => [scope.item, index]);
  };
  expect(items(1)).toEqual([
    ["a", 0],
    ["b", 1],
    ["c", 2],
  ]);
  expect(items(2)).toEqual([
    [["a", "b"], 0],
    [["c"], 2],
  ]);
});
