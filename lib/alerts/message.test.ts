import { expect, test } from "vitest";
import { newId } from "#lib/shared/ids.ts";
import { refuseDelivery } from "#lib/triggers/webhook/verify.ts";
import { composeMessage, type IssueFacts, tellOnce, toText } from "./message.ts";
import { toSlack } from "./slack.ts";
import { makeSigningKey, toWebhook } from "./webhook.ts";

const facts: IssueFacts = {
  kind: "opened",
  issueId: "01900000-0000-7000-8000-000000000001",
  type: "delivery",
  title: "PUT api.example.com answered 404",
  workflowName: "Orders",
  stepName: "Create the order",
  count: 3,
  firstSeenAt: new Date("2026-11-26T20:00:00Z"),
  lastSeenAt: new Date("2026-11-26T20:05:00Z"),
  runbook: "Ask the shop team.",
  ruleName: "Every critical issue",
};
const at = new Date("2026-11-26T20:06:00Z");
const compose = (all: IssueFacts[]) =>
  composeMessage({ id: "m1", at, facts: all, total: all.length, baseUrl: "https://sluice.example.com" });
const storm = (count: number) => Array.from({ length: count }, (_, index) => ({ ...facts, issueId: `i${index}` }));

test("a message says what broke and where, how often, what to do, and where to look", () => {
  expect(toText(compose([facts]))).toBe(`New issue: PUT api.example.com answered 404
Where: Orders › Create the order
Seen: 3 times, first 2026-11-26 20:00 UTC, last 2026-11-26 20:05 UTC
Runbook: Ask the shop team.
https://sluice.example.com/inbox?tab=all&issue=01900000-0000-7000-8000-000000000001
Told by the rule "Every critical issue"

Who is told of what: https://sluice.example.com/alerts`);
});

test("an issue of no workflow says nothing of a place", () => {
  expect(toText(compose([{ ...facts, workflowName: null, stepName: null, runbook: "", count: 1 }]))).toContain(
    "New issue: PUT api.example.com answered 404\nSeen: Once, first 2026-11-26 20:00 UTC\nhttps://",
  );
});

test("a storm is one message that names ten and counts the rest", () => {
  const message = compose(storm(47));
  expect(message.subject).toBe("47 issues: PUT api.example.com answered 404, and 46 more");
  expect(message.issues).toHaveLength(10);
  expect(toText(message)).toContain("… and 37 more issues: https://sluice.example.com/inbox");
  expect(JSON.parse(toWebhook(message, { url: "https://x", signingKey: makeSigningKey() }, 0).body ?? "")).toMatchObject({
    type: "issue.digest",
    data: { more: 37 },
  });
});

test("an issue that two rules speak of is told of once", () => {
  const told = [facts, { ...facts, ruleName: "Another" }, { ...facts, kind: "escalating" as const }];
  expect(tellOnce(told).map(({ kind }) => kind)).toEqual(["opened", "escalating"]);
});

test("no text of a failure starts a header, steers a terminal, calls a channel or fills a mailbox", () => {
  const hostile = { ...facts, title: `x\r\nBcc: all@example.com\u001b[31m <!channel> ${"y".repeat(1_000_000)}`, runbook: "a\u0000b" };
  const message = compose([hostile]);
  expect(message.subject).not.toMatch(/[\p{Cc}]/u);
  expect(message.subject.length).toBeLessThanOrEqual(200);
  expect(toText(message).length).toBeLessThan(3_000);
  const slack = toSlack(message, { url: "https://x" }).body ?? "";
  expect(slack).not.toContain("<!channel>");
  expect(slack).toContain("&lt;!channel&gt;");
});

test("a webhook is signed so that our own check of Standard Webhooks takes it, and no other body", () => {
  const signingKey = makeSigningKey();
  const request = toWebhook(compose([facts]), { url: "https://x", signingKey }, at.getTime());
  const verify = (body: string) =>
    refuseDelivery(
      { scheme: "standard-webhooks", secretConnectionId: newId(), toleranceMs: 300_000 },
      { plain: {}, secrets: [{ field: "secret", value: signingKey }] },
      { headers: request.headers, body: Buffer.from(body), nowMs: at.getTime() },
    );
  expect(verify(request.body ?? "")).toBeNull();
  expect(verify(`${request.body} `)).toBe("signature_invalid");
  expect(JSON.parse(request.body ?? "")).toMatchObject({
    type: "issue.opened",
    timestamp: "2026-11-26T20:06:00.000Z",
    data: { test: false, issues: [{ id: facts.issueId, event: "opened", workflowName: "Orders", rule: "Every critical issue" }] },
  });
});
