import { describe, expect, it } from "vitest";
import { healthKinds } from "#lib/shared/health-kinds.ts";
import { isItemless, placeWords, unmergeable } from "./issue-words.ts";
import { itemlessWords } from "./itemless-words.ts";

const ofStep = { title: "t", workflowId: "w1", workflowName: "Orders", nodeId: "call", nodeName: "Book it", connection: null };
const ofConnection = {
  ...ofStep,
  workflowId: null,
  workflowName: null,
  nodeId: null,
  nodeName: null,
  connection: { id: "c1", name: "Acme CRM" },
};
const ofNone = { ...ofConnection, connection: null };

describe("an issue without items", () => {
  it("says what is wrong, what it means and what ends it, and leads somewhere, whatever it is", () => {
    for (const type of [...healthKinds, "trigger_rejected", "connection_auth"]) {
      const words = itemlessWords({ ...ofStep, type });
      expect(isItemless({ type })).toBe(true);
      for (const text of [words.wrong, words.meaning, words.end]) expect(text).toMatch(/^[A-Z].+\.$/);
      expect(words.links.length).toBeGreaterThan(0);
      expect(new Set(words.links.map((link) => link.href)).size).toBe(words.links.length);
    }
  });

  it("leads to its connection, or to its step", () => {
    const links = (of: typeof ofStep | typeof ofConnection) =>
      itemlessWords({ ...of, type: "breaker_open" }).links.map((link) => link.href);
    expect(links(ofConnection)).toEqual(["/connections?connection=c1", "/runs?status=waiting"]);
    expect(links(ofStep)).toEqual(["/workflows/w1?node=call", "/runs?status=waiting&workflow=w1"]);
  });

  it("is named after where it is", () => {
    expect([ofStep, ofConnection, ofNone].map(placeWords)).toEqual(["Orders › Book it", "Acme CRM", "This workspace"]);
    expect(placeWords({ ...ofStep, nodeName: null })).toBe("Orders");
  });

  it("is not merged when it is about a state of things or no workflow", () => {
    expect(unmergeable({ ...ofStep, type: "permanent" })).toBeNull();
    expect(unmergeable({ ...ofStep, type: "missed_schedule" })).not.toBeNull();
    expect(unmergeable({ ...ofNone, type: "permanent" })).not.toBeNull();
  });
});
