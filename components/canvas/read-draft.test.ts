import { describe, expect, it } from "vitest";
import { setPolicy } from "./commands/edit-node.ts";
import { findProblems } from "./find-problems.ts";
import { graph } from "./graph-fixture.ts";
import { readDraft } from "./read-draft.ts";

const asJson = (value: unknown) => JSON.parse(JSON.stringify(value));

describe("readDraft", () => {
  it("keeps a setting that is out of range as it was typed", () => {
    const document = setPolicy(graph({ call: "http-request" }), "call", "retry", { maxAttempts: 9_999 });
    expect(readDraft(asJson(document))).toEqual(asJson(document));
  });

  it("fills in what a valid document leaves out", () => {
    expect(readDraft({ schemaVersion: 1, nodes: [{ id: "a", type: "set", name: "A" }], edges: [] })?.nodes[0]?.policy).toEqual({});
  });

  it("fills in what is left out beside a setting that is refused, so that the draft can be checked", () => {
    const nodes = [
      { id: "start", type: "manual", name: "Start" },
      { id: "call", type: "http-request", name: "Call", policy: { idempotency: { effect: "safe" } } },
    ];
    const document = readDraft({ schemaVersion: 1, nodes, edges: [{ id: "e1", source: "start", target: "call" }], settings: {} });
    expect(document?.settings.orderBy).toBeNull();
    expect(document?.edges[0]?.sourcePort).toBe("out");
    const found = document === null ? [] : findProblems(document, new Set());
    expect(found).toContainEqual(expect.objectContaining({ path: "nodes.1.policy.idempotency.effect", severity: "error" }));
  });

  it("refuses what is no document", () => {
    expect(readDraft(null)).toBeNull();
    expect(readDraft({ schemaVersion: 2, nodes: [], edges: [], settings: {} })).toBeNull();
    expect(readDraft({ schemaVersion: 1, nodes: [{ id: 1 }], edges: [], settings: {} })).toBeNull();
  });
});
