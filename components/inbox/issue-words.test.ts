import { describe, expect, it } from "vitest";
import type { MemberView } from "#lib/shared/api-types.ts";
import { activityWords, presenceWords, snoozeWords, versionWords } from "./issue-words.ts";

const line = (action: string, details = {}) => ({ at: "2026-11-21T08:00:00Z", actor: "Ada", action, details });

describe("what is said of an issue", () => {
  it("names the versions it was seen in", () => {
    expect(versionWords({ firstVersion: 2, lastVersion: 5 })).toBe("v2–v5");
    expect(versionWords({ firstVersion: 5, lastVersion: 5 })).toBe("v5");
    expect(versionWords({ firstVersion: null, lastVersion: null })).toBe("");
  });

  it("tells every end of a snooze but its time", () => {
    expect(snoozeWords({ until: "2026-11-21T08:00:00Z", moreItems: 1, ratePerMinute: 0.5, newerVersion: true })).toBe(
      "after 1 more item or at 0.5 a minute or when a newer version is live",
    );
    expect(snoozeWords({ until: "2026-11-21T08:00:00Z" })).toBe("");
  });

  it("tells who else is there, and of one what they are at", () => {
    const person = (name: string, doing: "looking" | "writing" | "redriving") => ({ userId: name, name, doing });
    expect(presenceWords([])).toBe("");
    expect(presenceWords([person("Ada", "looking")])).toBe("Ada is looking at this");
    expect(presenceWords([person("Ada", "redriving"), person("Bo", "looking")])).toBe("Ada is about to redrive, and Bo is here");
    expect(presenceWords([person("Ada", "writing"), person("Bo", "looking"), person("Cy", "looking")])).toBe(
      "Ada is writing a note, and 2 others are here",
    );
  });

  it("tells who did what, also of people who have left and of acts it does not know", () => {
    expect(activityWords(line("resolved", { after: 3 }), [])).toBe("resolved it in the version after 3");
    expect(activityWords(line("assigned", { to: "u1" }), [])).toBe("assigned it to somebody who has left");
    const ada: MemberView = { userId: "u1", name: "Ada", email: "ada@x.example", role: "owner", createdAt: "2026-11-21T08:00:00Z" };
    expect(activityWords(line("assigned", { to: "u1", as: "publisher" }), [ada])).toBe(
      "assigned it to Ada, who had published the workflow last",
    );
    expect(activityWords(line("bulk_redriven", { items: 500 }), [])).toBe("redrove 500 items in bulk");
    expect(activityWords(line("decided", { as: "repeat" }), [])).toBe(
      "found that a call of unknown outcome did not take effect, and sent it again",
    );
    expect(activityWords(line("decided"), [])).toBe("decided an unknown outcome");
    expect(activityWords(line("new_kind"), [])).toBe("new kind");
  });
});
