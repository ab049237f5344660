import { expect, test } from "vitest";
import type { JsonObject } from "#lib/shared/json.ts";
import { compileDocument } from "./compile.ts";
import { documentSchema } from "./document.ts";
import { effectOf } from "./effect.ts";
import { lintRules } from "./lint/rules.ts";
import { helpFor, lintReliability } from "./reliability.ts";
import { documentOf } from "./test-documents.ts";
import { validateDocument } from "./validate.ts";

function lint(...nodes: Parameters<typeof documentOf>[0]): string[] {
  // Nothing is wired here: that no trigger leads to a node is another matter.
  const found = lintReliability(compileDocument(documentOf(nodes))).filter(({ rule }) => rule !== "unreachable-node");
  return found.map(({ path, severity }) => `${severity} ${path}`);
}

const post = { id: "post", type: "http-request", config: { method: "POST", url: "https://x" } };
const webhook = (config: JsonObject) => ({ id: "hook", type: "webhook", config });

test("a POST that a repeat would double is pointed out, until it is keyed or declared harmless", () => {
  expect(lint(post)).toEqual(["warning nodes.0.policy.idempotency"]);
  expect(lint({ ...post, policy: { idempotency: { key: "{{ run.id }}" } } })).toHaveLength(1);
  expect(lint({ ...post, policy: { idempotency: { key: "{{ run.id }}", header: "Idempotency-Key" } } })).toEqual([]);
  expect(lint({ ...post, policy: { idempotency: { effect: "natural" } } })).toEqual([]);
  expect(lint({ ...post, config: { method: "PUT", url: "https://x" } })).toEqual([]);
  expect(lint({ ...post, disabled: true })).toEqual([]);
});

test("the effect class is told with the policy applied", () => {
  const [node] = documentOf([{ ...post, policy: { idempotency: { key: "{{ run.id }}", header: "Idempotency-Key" } } }]).nodes;
  expect(node && effectOf(node)).toBe("keyed");
  const [broken] = documentOf([{ ...post, config: {} }]).nodes;
  expect(broken && effectOf(broken)).toBeNull();
});

test("webhooks that anybody can call, or that cannot tell duplicates, are pointed out", () => {
  expect(lint(webhook({}))).toEqual(["warning nodes.0.config.verification", "warning nodes.0.config.dedupe.key"]);
  expect(lint(webhook({ verification: { scheme: "github" } }))).toEqual(["warning nodes.0.config.verification.secretConnectionId"]);
  const secretConnectionId = "01890000-0000-7000-8000-000000000000";
  expect(lint(webhook({ verification: { scheme: "github", secretConnectionId } }))).toEqual([]);
  expect(lint(webhook({ verification: { scheme: "token", secretConnectionId }, dedupe: { key: "{{ trigger.body.id }}" } }))).toEqual([]);
});

test("waiting and answering belong together", () => {
  const waiting = webhook({
    verification: { scheme: "github", secretConnectionId: "01890000-0000-7000-8000-000000000000" },
    response: { mode: "wait" },
  });
  const respond = { id: "answer", type: "respond" };
  expect(lint(waiting)).toEqual(["warning nodes.0.config.response.mode"]);
  expect(lint(waiting, respond)).toEqual([]);
  expect(lint({ id: "start", type: "manual" }, respond)).toEqual(["warning nodes.1"]);
});

const verified = { verification: { scheme: "github", secretConnectionId: "01890000-0000-7000-8000-000000000000" } };
const hook = webhook(verified);
const get = { id: "get", type: "http-request", config: { method: "GET", url: "https://x" } };
const call = (body: JsonObject) => ({ id: "call", type: "http-request", config: { method: "PUT", url: "https://x", body } });

/** One document for each rule, and the setting the rule points at. */
const broken: { rule: string; nodes: Parameters<typeof documentOf>[0]; wires: string[]; path: string; settings?: object }[] = [
  { rule: "unsafe-effect", nodes: [hook, post], wires: ["hook -> post"], path: "nodes.1.policy.idempotency" },
  {
    rule: "create-without-key",
    nodes: [webhook({ verification: { ...verified.verification, scheme: "token" } }), post],
    wires: ["hook -> post"],
    path: "nodes.1.policy.idempotency.key",
  },
  { rule: "unverified-webhook", nodes: [webhook({})], wires: [], path: "nodes.0.config.verification" },
  {
    rule: "undeduplicated-webhook",
    nodes: [webhook({ verification: { ...verified.verification, scheme: "token" } })],
    wires: [],
    path: "nodes.0.config.dedupe.key",
  },
  {
    rule: "unthrottled-provider",
    nodes: [hook, { ...get, config: { url: "https://hooks.slack.com/services/{{ trigger.body.id }}" } }],
    wires: ["hook -> get"],
    path: "nodes.1.policy.throttle",
  },
  {
    rule: "silent-failure",
    nodes: [hook, { ...get, policy: { onFailure: "continue" } }],
    wires: ["hook -> get"],
    path: "nodes.1.policy.onFailure",
  },
  {
    rule: "dropped-branch",
    nodes: [hook, { id: "ask", type: "if", config: { condition: "true" } }, get],
    wires: ["hook -> ask", "ask:true -> get"],
    path: "nodes.1.outputs.false",
  },
  {
    rule: "unchecked-field",
    nodes: [hook, call({ customer: { birth_date: "{{ trigger.body.customer.born }}" } })],
    wires: ["hook -> call"],
    path: "nodes.1.config.body.customer.birth_date",
  },
  {
    rule: "timeout-past-deadline",
    nodes: [hook, { ...get, policy: { timeoutMs: 60_000, deadlineMs: 30_000 } }],
    wires: ["hook -> get"],
    path: "nodes.1.policy.deadlineMs",
  },
  {
    rule: "unanswered-wait",
    nodes: [webhook({ ...verified, response: { mode: "wait" } })],
    wires: [],
    path: "nodes.0.config.response.mode",
  },
  { rule: "unanswered-wait", nodes: [hook, { id: "answer", type: "respond", config: {} }], wires: ["hook -> answer"], path: "nodes.1" },
  {
    rule: "batch-as-one",
    nodes: [
      webhook({ ...verified, dedupe: { key: "{{ trigger.body.id }}" } }),
      call({ count: "{{ size(trigger.items) }}", customer: "{{ trigger.body.customer }}" }),
    ],
    wires: ["hook -> call"],
    path: "nodes.1.config.body.customer",
    settings: { arrivals: { batch: { maxSize: 10, timeoutMs: 60_000 } } },
  },
  { rule: "unreachable-node", nodes: [hook, get], wires: [], path: "nodes.1" },
];

test("there is an example of every rule", () => {
  expect(new Set(broken.map(({ rule }) => rule))).toEqual(new Set(lintRules.map(({ id }) => id)));
});

test.each(broken)("$rule is found, explained, and gone once it is mended", ({ rule, nodes, wires, path, settings }) => {
  const plain = documentOf(nodes, wires);
  const document = documentSchema.parse({ ...plain, settings: { ...plain.settings, ...settings } });
  const problem = lintReliability(compileDocument(document)).find((one) => one.rule === rule);
  expect(problem).toMatchObject({ path, severity: "warning" });
  const help = problem && helpFor(document, problem);
  expect(help?.why).toMatch(/\.$/);
  const hasMend = lintRules.find(({ id }) => id === rule)?.mend !== null;
  expect(Boolean(help?.mend)).toBe(hasMend);
  if (!help?.mend) return;
  const mended = documentSchema.parse(help.mend.apply(document));
  expect(validateDocument(mended).filter((one) => one.rule === rule)).toEqual([]);
  expect(validateDocument(mended).filter(({ severity }) => severity === "error")).toEqual([]);
  expect(document).toEqual(documentOf(nodes, wires)); // mended in a copy
});

test("what is checked or limited already is left alone", () => {
  const rulesOf = (...args: Parameters<typeof documentOf>) => lintReliability(compileDocument(documentOf(...args))).map(({ rule }) => rule);
  const checked = call({
    birth_date: "{{ steps.check.output.born }}",
    phone: "{{ phone(trigger.body.phone) }}",
    note: "{{ trigger.body.date }}",
  });
  expect(rulesOf([hook, checked], ["hook -> call"])).toEqual([]);
  const slack = { ...get, config: { url: "https://slack.com/api/chat.postMessage" } };
  expect(rulesOf([hook, { ...slack, policy: { throttle: { windows: [{ limit: 1, perMs: 1_000 }] } } }], ["hook -> get"])).toEqual([]);
  expect(rulesOf([hook, { ...slack, connectionId: "01890000-0000-7000-8000-000000000000" }], ["hook -> get"])).toEqual([]);
  expect(rulesOf([hook, { ...get, config: { url: "https://notslack.com" } }], ["hook -> get"])).toEqual([]);
  expect(rulesOf([hook, { ...get, critical: false, policy: { onFailure: "continue" } }], ["hook -> get"])).toEqual([]);
  expect(rulesOf([hook, { id: "ask", type: "if", config: { condition: "true" } }], ["hook -> ask"])).toEqual([]);
});

test("problems that no rule found come without help", () => {
  const document = documentOf([hook]);
  expect(helpFor(document, { path: "nodes.0", message: "x", severity: "error", nodeId: "hook" })).toBeNull();
});
