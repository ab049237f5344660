import { expect, it } from "vitest";
import { actionWords, detailLine, entityHref, readDetails } from "./audit-words.ts";

const line = (action: string, details: Parameters<typeof readDetails>[0]["details"]) => detailLine(readDetails({ action, details }));

it("what was and what is stand beside each other, without what did not change", () => {
  const details = { before: { status: "open", note: "", assigneeId: null }, after: { status: "snoozed", note: "", assigneeId: "ada" } };
  expect(readDetails({ action: "issue.updated", details })).toEqual({
    changes: [
      { name: "status", before: "open", after: "snoozed" },
      { name: "assignee", before: "–", after: "ada" },
    ],
    facts: [],
  });
  expect(detailLine(readDetails({ action: "issue.updated", details }, new Map([["ada", "Ada Owner"]])))).toBe(
    "status: open → snoozed; assignee: – → Ada Owner",
  );
});

it("all shapes that entries have are read: from and to, nothing before, nothing after, and facts alone", () => {
  expect(line("workflow.renamed", { from: "A", to: "B" })).toBe("name: A → B");
  expect(line("workflow.rolled_out", { version: 3, before: { version: 2, percent: 25 }, percent: 50 })).toBe(
    "version: 2 → 3; percent: 25 → 50",
  );
  expect(line("redrive.created", { before: null, after: { name: "", total: 7, deadLetterIds: ["a", "b"] } })).toBe(
    "total: 7; dead letter ids: a, b",
  );
  expect(line("saved_view.deleted", { before: { name: "Mine", shared: true }, after: null })).toBe("name: Mine → –; shared: yes → –");
  expect(line("dead_letter.decided", { before: { status: "open" }, after: { as: "done", result: { ok: true } } })).toBe(
    'as: done; result: {"ok":true}',
  );
  expect(line("run.started", { workflowId: "01a219c8-27b4-7125-abae-cfc2d6c1bdb8", mode: "live", version: null })).toBe("mode: live");
  expect(line("token.revoked", {})).toBe("");
});

it("an entry leads to what it is about; an item through its issue, and nowhere once that is gone", () => {
  expect(entityHref({ entityType: "run", entityId: "r", issueId: null })).toBe("/runs/r");
  expect(entityHref({ entityType: "dead_letter", entityId: "d", issueId: "i" })).toBe("/inbox?tab=all&issue=i&item=d");
  expect(entityHref({ entityType: "dead_letter", entityId: "d", issueId: null })).toBeNull();
  expect(entityHref({ entityType: "token", entityId: "t", issueId: null })).toBeNull();
  expect(actionWords("dead_letter.redriven")).toBe("Dead letter redriven");
});
