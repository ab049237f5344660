import { describe, expect, it } from "vitest";
import { classWords, codeWords, hintOf } from "./error-words.ts";

const refused = { class: "permanent", code: "http_422" } as const;
const stopped = { class: "permanent", code: "stopped" } as const;

describe("the words about an error", () => {
  it("blame the other side for what it answered alone", () => {
    expect(hintOf(refused)).toMatch(/^The other side refused the request/);
    for (const code of ["egress_blocked", "connection_missing", "child_failed", "item_rejected", "unexpected_response"])
      expect(hintOf({ class: "permanent", code }), code).toMatch(/^Repeating the same will not help/);
    expect(hintOf({ class: "timeout", code: "timeout" })).toBe("No answer came in time.");
  });

  it("say of a step that stopped on purpose that it did", () => {
    expect(hintOf(stopped)).toMatch(/^The workflow stopped here on purpose/);
    expect([classWords(stopped), codeWords(stopped)]).toEqual(["stopped on purpose", null]);
  });

  it("name class and code of everything else", () => {
    expect([classWords(refused), codeWords(refused)]).toEqual(["permanent", "http_422"]);
    expect([classWords({ class: "unknown_outcome", code: "" }), codeWords({ class: "unknown_outcome", code: "" })]).toEqual([
      "unknown outcome",
      null,
    ]);
  });
});
