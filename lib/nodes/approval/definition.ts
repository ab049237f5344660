import * as z from "zod";
import { defineNode } from "#lib/nodes/define.ts";
import { inWords, maxWaitMs } from "#lib/nodes/durations.ts";
import { assigneeProblem } from "./assignee.ts";

const defaultMs = 604_800_000;

const assignee = z
  .string()
  .min(1)
  .max(2_000)
  .superRefine((text, context) => {
    const message = text.includes("{{") ? null : assigneeProblem(text);
    if (message !== null) context.addIssue({ code: "custom", message });
  });

const config = z.strictObject({
  message: z.string().min(1, { error: "say what is to be decided", abort: true }).max(20_000).meta({
    label: "Question",
    help: "What people read who are to decide.",
    placeholder: "Refund {{ trigger.body.amount }} to {{ trigger.body.email }}?",
    widget: "textarea",
    expression: "template",
  }),
  assignees: z.array(assignee).max(50).default([]).meta({
    label: "Who decides",
    help: "E-mail addresses of members, or roles (owner, builder, operator). Empty: anybody who may decide.",
    widget: "list",
    expression: "template",
  }),
  timeoutMs: z.int().min(1_000).max(maxWaitMs).default(defaultMs).meta({
    label: "Wait at most",
    help: "From when the step is reached. Then the time-out port is taken.",
    widget: "duration",
  }),
});

/** Parks a run until a person decides. */
export const approval = defineNode({
  type: "approval",
  version: 1,
  title: "Approval",
  description: "Asks people, and goes on as they decide.",
  category: "logic",
  icon: "user-check",
  synonyms: ["approve", "reject", "human", "person", "decide", "review", "confirm", "manual"],
  config,
  deferred: ["timeoutMs"],
  initialConfig: { message: "" },
  ports: () => [
    { name: "approved", label: "approved" },
    { name: "rejected", label: "rejected" },
    { name: "timeout", label: "time-out", failure: true },
  ],
  // A fresh config has not been given its defaults yet.
  summary: ({ assignees = [], timeoutMs = defaultMs }) =>
    `Waits for ${assignees.length === 0 ? "anybody who may" : assignees.join(", ")}, at most ${inWords(timeoutMs)}`,
  effect: () => "none",
  awaits: ({ timeoutMs }) => ({ signal: "approval", timeoutMs }),
  policySections: ["onFailure"],
  policyDefaults: {},
  sampleOutput: { decision: "approved", by: "ada@example.com", at: "2026-01-31T09:00:00.000Z", comment: "" },
});
