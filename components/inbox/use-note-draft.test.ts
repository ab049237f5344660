import { describe, expect, it } from "vitest";
import { draftOf, isSaved, isStale } from "./use-note-draft.ts";

describe("a note that is being written", () => {
  const written = { ...draftOf("before"), text: "mine" };

  it("is kept until the very text that was sent has arrived", () => {
    expect(isSaved({ ...written, sent: true }, "before")).toBe(false);
    expect(isSaved({ ...written, sent: true }, "mine")).toBe(true);
    expect(isSaved(written, "mine")).toBe(false);
  });

  it("tells when somebody else has written meanwhile, not when it is one's own that arrived", () => {
    expect(isStale(written, "before")).toBe(false);
    expect(isStale(written, "mine")).toBe(false);
    expect(isStale(written, "theirs")).toBe(true);
    expect(isStale({ ...draftOf(""), text: "mine" }, "theirs")).toBe(true);
  });
});
