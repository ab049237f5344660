import { expect, it } from "vitest";
import { issueTies } from "./issue-ties.ts";

const letter = (id: string, issueId: string, status: "open" | "resolved" | "discarded") => ({ id, issueId, status, stepId: `step-${id}` });

it("a run leads to each issue its failures went to, also once it is closed; to the item itself when there is one", () => {
  expect(issueTies([letter("a", "one", "resolved")])).toEqual([
    { issueId: "one", href: "/inbox?tab=all&issue=one&item=a", status: "resolved", words: "resolved" },
  ]);
  expect(issueTies([letter("a", "one", "resolved"), letter("b", "one", "open"), letter("c", "two", "discarded")])).toEqual([
    { issueId: "one", href: "/inbox?tab=all&issue=one", status: "open", words: "1 open, 1 resolved" },
    { issueId: "two", href: "/inbox?tab=all&issue=two&item=c", status: "discarded", words: "discarded" },
  ]);
  expect(issueTies([])).toEqual([]);
});
