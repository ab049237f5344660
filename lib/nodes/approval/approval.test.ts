import { describe, expect, it } from "vitest";
import { configOf, outcomeOf } from "#lib/nodes/test-context.ts";

const untilMs = Date.parse("2026-02-01T00:00:00Z");
const nothing = { received: null, isOver: false, untilMs };
const ask = { message: "Refund {{ trigger.body.amount }}?" };

describe("what is asked", () => {
  it("is the question and the assignees worked out; a lone expression may give a whole list", async () => {
    const config = { ...ask, assignees: ["{{ trigger.body.who }}", "owner"] };
    const { input, outcome } = await outcomeOf("approval", config, {
      body: { amount: 5, who: ["Ada@Example.com", "builder"] },
      outside: nothing,
    });
    expect(input).toEqual({ message: "Refund 5?", assignees: ["ada@example.com", "builder", "owner"] });
    expect(outcome).toEqual({ wait: { reason: "approval", untilMs } });
  });

  it.each([
    [{ ...ask, assignees: ["{{ trigger.body.who }}"] }, { amount: 1, who: "somebody" }, "assignee_invalid"],
    [{ ...ask, assignees: ["{{ trigger.body.who }}"] }, { amount: 1, who: "viewer" }, "assignee_invalid"],
    [{ ...ask, assignees: ["{{ trigger.body.who }}"] }, { amount: 1, who: [] }, "assignee_invalid"],
    [{ message: "{{ trigger.body.text }}" }, { text: " " }, "message_empty"],
  ])("is refused rather than asked of everybody or of nobody: %j", async (config, body, code) => {
    await expect(outcomeOf("approval", config, { body, outside: nothing })).rejects.toMatchObject({ code, failureClass: "validation" });
  });

  it("names members by e-mail or role when it is drawn", () => {
    expect(configOf("approval", { ...ask, assignees: ["ada@example.com", "operator"] })).toMatchObject({ timeoutMs: 604_800_000 });
    expect(() => configOf("approval", { ...ask, assignees: ["viewer"] })).toThrow(/neither an e-mail address nor one of/);
  });
});

describe("what follows", () => {
  it.each(["approved", "rejected"])("a decision is %s: its port is taken, with who, when and why", async (decision) => {
    const received = { payload: { decision, by: "ada@example.com", comment: "why not" }, at: "2026-01-31T09:30:00.000Z" };
    const { outcome } = await outcomeOf("approval", ask, { body: { amount: 1 }, outside: { ...nothing, received } });
    expect(outcome).toEqual({ port: decision, output: { decision, by: "ada@example.com", at: received.at, comment: "why not" } });
  });

  it("nobody decides in time: the time-out port", async () => {
    const { outcome } = await outcomeOf("approval", ask, { body: { amount: 1 }, outside: { ...nothing, isOver: true } });
    expect(outcome).toMatchObject({ port: "timeout", failure: { code: "approval_timeout" } });
  });
});
