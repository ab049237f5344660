import { describe, expect, it } from "vitest";
import { setPolicy } from "./commands/edit-node.ts";
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

  it("refuses what is no document", () => {
    expect(readDraft(null)).toBeNull();
    expect(readDraft({ schemaVersion: 2, nodes: [], edges: [], settings: {} })).toBeNull();
    expect(readDraft({ schemaVersion: 1, nodes: [{ id: 1 }], edges: [], settings: {} })).toBeNull();
  });
});
