import { describe, expect, it } from "vitest";
import { nodeOf } from "../document-index.ts";
import { graph, wiresOf } from "../graph-fixture.ts";
import { renameNode, setNode, setPolicy, setSetting, toggleDisabled } from "./edit-node.ts";
import { nudgeNodes, placeNodes } from "./move-nodes.ts";

const document = graph({ a: "set", b: "set" });

describe("editing a step", () => {
  it("leaves the other steps the same objects, so that only one is drawn again", () => {
    const after = setNode(document, "a", { notes: "call Ann" });
    expect(nodeOf(after, "a")?.notes).toBe("call Ann");
    expect(nodeOf(after, "b")).toBe(nodeOf(document, "b"));
  });

  it("sets a policy section and takes it away again", () => {
    const limited = setPolicy(document, "a", "timeoutMs", 5_000);
    expect(nodeOf(limited, "a")?.policy).toEqual({ timeoutMs: 5_000 });
    expect(nodeOf(setPolicy(limited, "a", "timeoutMs", undefined), "a")?.policy).toEqual({});
  });

  it("keeps a value that is out of range: the problem list says so", () => {
    expect(nodeOf(setPolicy(document, "a", "retry", { maxAttempts: 9_999 }), "a")?.policy.retry).toEqual({ maxAttempts: 9_999 });
  });

  it("writes a setting by its path and leaves no empty sections behind", () => {
    const limited = setSetting(document, "a", ["policy", "retry", "maxAttempts"], "ninety");
    expect(nodeOf(limited, "a")?.policy).toEqual({ retry: { maxAttempts: "ninety" } });
    expect(nodeOf(setSetting(limited, "a", ["policy", "retry", "maxAttempts"], undefined), "a")?.policy).toEqual({});
    expect(nodeOf(setSetting(document, "a", ["config", "values", "x"], 1), "a")?.config).toEqual({ values: { x: 1 } });
    expect(nodeOf(setSetting(document, "a", ["connectionId"], "0193b2c0-0000-7000-8000-000000000000"), "a")?.connectionId).toMatch(/^0193/);
  });

  it("lets the wires follow an output that gets another name", () => {
    const wired = graph({ way: "switch", b: "set" }, ["way:case-1 > b"]);
    const renamed = setSetting(wired, "way", ["config", "cases", "0", "name"], "paid");
    expect(wiresOf(renamed)).toEqual(["way:paid > b"]);
    const added = setSetting(renamed, "way", ["config", "cases", "1"], { name: "open", condition: "" });
    expect(wiresOf(added)).toEqual(["way:paid > b"]);
  });

  it("renames, but not to nothing", () => {
    expect(nodeOf(renameNode(document, "a", "  Look up  "), "a")?.name).toBe("Look up");
    expect(renameNode(document, "a", "   ")).toBe(document);
    expect(renameNode(document, "a", "a")).toBe(document);
  });

  it("disables all of a mixed selection, then enables all", () => {
    const one = toggleDisabled(document, ["a"]);
    const both = toggleDisabled(one, ["a", "b"]);
    expect(both.nodes.map((node) => node.disabled)).toEqual([true, true]);
    expect(toggleDisabled(both, ["a", "b"]).nodes.map((node) => node.disabled)).toEqual([false, false]);
  });
});

describe("moving steps", () => {
  it("moves by a distance", () => {
    expect(nodeOf(nudgeNodes(document, ["b"], { x: 20, y: -20 }), "b")?.position).toEqual({ x: 320, y: -20 });
  });

  it("changes nothing when everything already stands there", () => {
    expect(placeNodes(document, new Map([["a", { x: 0, y: 0 }]]))).toBe(document);
  });
});
