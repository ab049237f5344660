import { expect, it } from "vitest";
import { setNode } from "../commands/edit-node.ts";
import { graph } from "../graph-fixture.ts";
import { firstOfPlug, type Plug, pathsFrom, sourcesOfPlug } from "./plug.ts";
import { sampleScope } from "./sample-scope.ts";

const types = { hook: "webhook", get: "set", each: "for-each", call: "http-request", later: "set", loose: "set" };
const wires = ["hook > get", "get > each", "each:item > call", "each:done > later"];
const document = setNode(graph(types, wires), "each", { config: { items: "{{ trigger.body.rows }}" } });

function plugAt(nodeId: string, openId: string | null = null): Plug {
  const trigger = { body: { rows: ["a", "b"] } };
  const sources = { document, nodeId, trigger, outputs: new Map(), sampleTrigger: undefined, baseUrl: "", connection: {}, nowIso: "" };
  const nothing = () => undefined;
  return { nodeId, label: "URL", sample: sampleScope(sources), openId, refusedId: null, insertPath: nothing, focus: nothing };
}

it("sees the steps before a field, and none behind it or beside it", () => {
  expect(pathsFrom(document, "get", "call")).toEqual(["steps.get.output"]);
  expect(pathsFrom(document, "hook", "call")).toEqual(["trigger"]);
  expect(pathsFrom(document, "later", "call")).toEqual([]);
  expect(pathsFrom(document, "loose", "call")).toEqual([]);
  expect(pathsFrom(document, "call", "call")).toEqual([]);
});

it("takes the item from the loop around a field, and the output of a loop that is over", () => {
  expect(pathsFrom(document, "each", "call")).toEqual(["item"]);
  expect(pathsFrom(document, "each", "later")).toEqual(["steps.each.output"]);
});

it("opens the data of the chosen step and nothing else", () => {
  expect(sourcesOfPlug(document, plugAt("call", "each"))).toMatchObject([{ path: "item", value: "a" }]);
  expect(sourcesOfPlug(document, plugAt("call", "hook"))).toMatchObject([{ path: "trigger", value: { body: { rows: ["a", "b"] } } }]);
  expect(sourcesOfPlug(document, plugAt("call"))).toEqual([]);
});

it("begins at the nearest step, and at the trigger where there is none between", () => {
  const first = (nodeId: string) => firstOfPlug(document, plugAt(nodeId).sample);
  expect([first("call"), first("get"), first("loose")]).toEqual(["each", "hook", null]);
});
