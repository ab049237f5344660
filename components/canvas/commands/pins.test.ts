import { describe, expect, it } from "vitest";
import { graph } from "../graph-fixture.ts";
import { deleteNodes } from "./delete-elements.ts";
import { pinOf, setPin } from "./pins.ts";

const document = graph({ a: "set", b: "set" }, ["a > b"]);
const pin = { output: { id: 1 }, port: "out" };

describe("pins", () => {
  it("are kept by node, and leave nothing behind when the last is taken out", () => {
    const pinned = setPin(document, "a", pin);
    expect(pinOf(pinned, "a")).toEqual(pin);
    expect(pinOf(pinned, "b")).toBeUndefined();
    expect(setPin(pinned, "a", undefined)).toEqual(document);
    expect(setPin(document, "a", undefined)).toBe(document);
  });

  it("go with the step", () => {
    const pinned = setPin(setPin(document, "a", pin), "b", pin);
    expect(deleteNodes(pinned, ["a"], { join: true }).testing).toEqual({ pins: { b: pin } });
  });
});
