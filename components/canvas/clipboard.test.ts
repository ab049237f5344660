import { describe, expect, it } from "vitest";
import { clip, readClipping, writeClipping } from "./clipboard.ts";
import { setNode } from "./commands/edit-node.ts";
import { graph } from "./graph-fixture.ts";

const document = graph({ call: "http-request" });

function textOf(config: Record<string, unknown>): string {
  const json = JSON.parse(JSON.stringify(config));
  return writeClipping(clip(setNode(document, "call", { config: json }), ["call"]));
}

describe("the clipboard", () => {
  it("never holds a secret typed into a header, a pair or a field named like one", () => {
    const text = textOf({
      headers: { Authorization: "Bearer s3cr3t-a", Accept: "text/plain" },
      query: [
        { name: "api_key", value: "s3cr3t-b" },
        { name: "page", value: "7" },
      ],
      body: { client: { clientSecret: "s3cr3t-c" } },
    });
    expect(text).not.toContain("s3cr3t");
    expect(text).toContain("text/plain");
    expect(text).toContain('"7"');
  });

  it("keeps an expression in such a field: it only says where the value comes from", () => {
    expect(textOf({ headers: { Authorization: "{{ vars.token }}" } })).toContain("{{ vars.token }}");
  });

  it("reads only what is ours", () => {
    expect(readClipping("hello")).toBeNull();
    expect(readClipping("{ broken")).toBeNull();
    expect(readClipping(JSON.stringify({ nodes: [] }))).toBeNull();
    expect(readClipping(JSON.stringify({ sluice: "steps", schemaVersion: 2, nodes: [], edges: [] }))).toBeNull();
  });
});
