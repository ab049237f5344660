import fc from "fast-check";
import { expect, test } from "vitest";
import { undoIteration } from "#lib/shared/iteration.ts";
import type { StepStatus } from "#lib/shared/statuses.ts";
import { decideUndo } from "./decide-undo.ts";
import type { StepState } from "./run-state.ts";

const unsettled = { firstSentAtMs: 1, lastSentAtMs: 1, answered: false, lookFirst: false, looks: 0, lookedAtMs: null };

function step(nodeId: string, status: StepStatus, change: Partial<StepState> = {}): StepState {
  const nothing = { waitReason: null, wakeAtMs: null, port: null, input: null, output: null, error: null, idempotencyKey: null };
  const counts = { attempts: 1, attemptsBase: 0, throttledAttempts: 0, lostCount: 0, keyGeneration: 1 };
  const times = { createdAtMs: 0, startedAtMs: 0, finishedAtMs: null, deadlineAtMs: null };
  const own = { id: `${nodeId}-${change.iteration ?? ""}`, nodeId, iteration: "", status, effect: "unsafe" as const };
  return { ...own, ...nothing, ...counts, ...times, deadLetterId: null, unsettled: null, undoSeq: null, ...change };
}

const failure = (failureClass: "permanent" | "output_invalid") => ({ class: failureClass, code: "x", message: "x", details: null });
const ask = (steps: StepState[], asked: string[] = []) => decideUndo({ steps, asked: new Set(asked), now: 100 });

test("what was sent last is undone first, and the one before it only when that is done", () => {
  const actions = [step("a", "succeeded", { undoSeq: 1 }), step("b", "succeeded", { undoSeq: 2 })];
  const undoOf = (status: StepStatus, change: Partial<StepState> = {}) => step("b", status, { iteration: undoIteration(""), ...change });
  expect(ask(actions)).toMatchObject({ next: "undo", action: { nodeId: "b" } });
  expect(ask([...actions, undoOf("pending")])).toMatchObject({ next: "resume" });
  expect(ask([...actions, undoOf("waiting", { wakeAtMs: 200 })])).toEqual({ next: "wait", untilMs: 200 });
  expect(ask([...actions, undoOf("waiting", { wakeAtMs: 100 })])).toMatchObject({ next: "resume" });
  expect(ask([...actions, undoOf("failed")])).toEqual({ next: "end" });
  for (const status of ["succeeded", "skipped", "deduplicated"] as const)
    expect(ask([...actions, undoOf(status)])).toMatchObject({ next: "undo", action: { nodeId: "a" } });
});

test("the order is that in which actions were sent, however they are listed", () => {
  const actions = [2, 4, 1, 3].map((undoSeq) => step(`n${undoSeq}`, "succeeded", { undoSeq }));
  expect(ask(actions)).toMatchObject({ action: { nodeId: "n4" } });
  const undone = [4, 3].map((seq) => step(`n${seq}`, "succeeded", { iteration: undoIteration("") }));
  expect(ask([...undone, ...actions])).toMatchObject({ action: { nodeId: "n2" } });
});

test("a compensation that was under way is taken up again; one that waits for a person is left to them", () => {
  const during = (status: StepStatus) => ask([step("a", "succeeded", { undoSeq: 1 }), step("a", status, { iteration: undoIteration("") })]);
  expect(during("running")).toMatchObject({ next: "resume", step: { nodeId: "a", status: "running" } });
  expect(during("waiting")).toEqual({ next: "wait", untilMs: null });
});

test("what was not applied is left out: refused calls, steps that went on without a result, and those that were never sent", () => {
  expect(ask([step("a", "failed", { undoSeq: 1, error: failure("permanent") })])).toEqual({ next: "end" });
  expect(ask([step("a", "succeeded", { undoSeq: 1, error: failure("permanent") })])).toEqual({ next: "end" });
  expect(ask([step("a", "succeeded")])).toEqual({ next: "end" });
  expect(ask([step("a", "waiting", { undoSeq: 1 })])).toEqual({ next: "end" });
  // A call whose answer did not pass its check has been applied.
  expect(ask([step("a", "failed", { undoSeq: 1, error: failure("output_invalid") })])).toMatchObject({ next: "undo" });
});

test("while it is open whether an action was applied, nothing before it is undone", () => {
  const open = (change: Partial<StepState> = {}) => [
    step("a", "succeeded", { undoSeq: 1 }),
    step("b", "waiting", { undoSeq: 2, unsettled, ...change }),
  ];
  expect(ask(open({ wakeAtMs: 50 }))).toMatchObject({ next: "settle", action: { nodeId: "b" } });
  expect(ask(open({ wakeAtMs: 200 }))).toEqual({ next: "wait", untilMs: 200 });
  expect(ask(open({ wakeAtMs: 100 }))).toMatchObject({ next: "settle" });
  expect(ask(open({ wakeAtMs: null }))).toMatchObject({ next: "settle" });
  expect(ask(open({ status: "failed", wakeAtMs: 200 }))).toMatchObject({ next: "settle" });
  expect(ask(open({ status: "failed", deadLetterId: "d" }))).toEqual({ next: "end" });
  expect(ask(open({ status: "failed" }), ["b-"])).toEqual({ next: "end" });
});

test("scenario 54 (the decision): however compensations fail, wait and are taken up again, each action is undone at most once and in reverse order", () => {
  const outcomes = fc.array(fc.constantFrom("succeeded" as const, "waiting" as const, "pending" as const), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), outcomes, (count, fates) => {
      const steps = Array.from({ length: count }, (_, index) => step(`n${index}`, "succeeded", { undoSeq: index + 1 }));
      const order: string[] = [];
      let now = 0;
      for (const fate of [...fates, ...Array.from({ length: 30 }, () => "succeeded" as const)]) {
        const next = decideUndo({ steps, asked: new Set(), now });
        if (next.next === "end") break;
        if (next.next === "wait") now = next.untilMs ?? now;
        if (next.next === "undo") steps.push(step(next.action.nodeId, "pending", { iteration: undoIteration("") }));
        if (next.next !== "resume") continue;
        next.step.status = fate;
        next.step.wakeAtMs = fate === "waiting" ? now + 10 : null;
        if (fate === "succeeded") order.push(next.step.nodeId);
      }
      const expected = Array.from({ length: count }, (_, index) => `n${count - 1 - index}`);
      expect(order).toEqual(expected.slice(0, order.length));
    }),
  );
});
