import { describe, expect, it } from "vitest";
import { graph } from "../graph-fixture.ts";
import { setNode } from "./edit-node.ts";
import { nudgeNodes } from "./move-nodes.ts";
import { setPin } from "./pins.ts";
import { isSameWork, restored } from "./restore.ts";

const older = graph({ a: "set", b: "set" }, ["a > b"]);
const pin = { output: 1, port: "out" };

describe("restoring", () => {
  it("knows a document that only looks different", () => {
    expect(isSameWork(older, nudgeNodes(older, ["a"], { x: 20, y: 0 }))).toBe(true);
    expect(isSameWork(older, setNode(older, "a", { notes: "x" }))).toBe(false);
  });

  it("keeps the draft's pins of steps that are still there, and none of the run's", () => {
    const draft = setPin(setPin(graph({ a: "set", c: "set" }), "a", pin), "c", pin);
    const ran = { ...setPin(older, "b", pin), testing: { pins: { b: pin }, until: "b" } };
    expect(restored(ran, draft)).toEqual({ ...older, testing: { pins: { a: pin } } });
  });
});
