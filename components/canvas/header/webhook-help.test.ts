import { describe, expect, it } from "vitest";
import { setNode } from "../commands/edit-node.ts";
import { graph } from "../graph-fixture.ts";
import { webhookHelp } from "./webhook-help.ts";

const url = "http://localhost:3000/hooks/abc";

function helpFor(config: Record<string, string | Record<string, string>>) {
  const [node] = setNode(graph({ hook: "webhook" }), "hook", { config }).nodes;
  if (node === undefined) throw new Error("no node");
  return webhookHelp(url, node, { id: "it's" });
}

describe("webhookHelp", () => {
  it("sends the sample as JSON, quoted for a shell", () => {
    expect(helpFor({ method: "POST" }).curl).toBe(
      `curl -X POST '${url}' \\\n  -H 'Content-Type: application/json' \\\n  -d '{"id":"it'\\''s"}'`,
    );
  });

  it("signs as GitHub signs", () => {
    const { curl } = helpFor({ verification: { scheme: "github" } });
    expect(curl).toContain("X-Hub-Signature-256: sha256=$SIGNATURE");
    expect(curl).toContain("X-GitHub-Delivery");
    expect(curl).toContain('hmac "$SECRET"');
  });

  it("shows a token in its header, as a bearer only in Authorization", () => {
    expect(helpFor({ verification: { scheme: "token" } }).curl).toContain('"Authorization: Bearer $SECRET"');
    expect(helpFor({ verification: { scheme: "token", header: "X-Token" } }).curl).toContain('"X-Token: $SECRET"');
  });

  it("warns where anybody may call", () => {
    expect(helpFor({}).hint).toMatch(/anybody/i);
  });
});
