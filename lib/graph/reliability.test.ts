import { expect, test } from "vitest";
import type { JsonObject } from "#lib/shared/json.ts";
import { compileDocument } from "./compile.ts";
import { effectOf, lintReliability } from "./reliability.ts";
import { documentOf } from "./test-documents.ts";

function lint(...nodes: Parameters<typeof documentOf>[0]): string[] {
  return lintReliability(compileDocument(documentOf(nodes))).map(({ path, severity }) => `${severity} ${path}`);
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
