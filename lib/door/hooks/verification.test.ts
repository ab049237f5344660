import { createHmac } from "node:crypto";
import examples from "@octokit/webhooks-examples";
import { sign } from "@octokit/webhooks-methods";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDb, type TestDb } from "#lib/db/testing.ts";
import {
  createHook,
  createSecretConnection,
  deliverTo,
  eventsOf,
  rejectionsOf,
  startHooks,
  type TestDelivery,
  type TestHook,
  type TestHooks,
  triggerOf,
} from "./testing.ts";

let test: TestDb;
let hooks: TestHooks;
beforeAll(async () => {
  test = await createTestDb();
  hooks = await startHooks(test);
});
afterAll(async () => {
  await hooks.close();
  await test.drop();
});

const deliver = (hook: { token: string }, delivery?: TestDelivery) => deliverTo(hooks, hook, delivery);

describe("verification", () => {
  const push = examples.find((event) => event.name === "push")?.examples[0];
  const body = JSON.stringify(push);

  async function createGitHubHook(values = ["hook secret"]): Promise<TestHook> {
    const hook = await createHook(test);
    const secretConnectionId = await createSecretConnection(test, hooks.secrets, hook.workspaceId, values);
    await configure(hook, { verification: { scheme: "github", secretConnectionId } });
    return hook;
  }

  async function configure(hook: TestHook, config: object): Promise<void> {
    await test.db.pool.query("UPDATE workflow_trigger SET config = $2 WHERE id = $1", [hook.triggerId, JSON.stringify(config)]);
  }

  const gitHubHeaders = async (secret: string, id = "d1") => ({
    "x-hub-signature-256": await sign(secret, body),
    "x-github-delivery": id,
    "x-github-event": "push",
  });

  it("accepts GitHub's delivery once, and its repeat as a duplicate", async () => {
    const hook = await createGitHubHook();
    const headers = await gitHubHeaders("hook secret");
    const first = await deliver(hook, { body, headers });
    expect(first.status).toBe(202);
    const again = await deliver(hook, { body, headers });
    expect([again.status, (await again.json()).duplicate]).toEqual([200, true]);
    expect(await triggerOf(test, hook)).toMatchObject({
      deliveryId: "d1",
      headers: { "x-github-event": "push", "x-hub-signature-256": "[masked]" },
      body: { ref: "refs/tags/simple-tag" },
    });
  });

  it("refuses a forged delivery, says nothing of why, and records it for people", async () => {
    const hook = await createGitHubHook();
    const forged = await deliver(hook, { body, headers: await gitHubHeaders("guessed secret") });
    expect(forged.status).toBe(401);
    expect(await forged.json()).toMatchObject({ code: "unauthenticated", detail: "the delivery could not be verified" });
    const [rejected] = await rejectionsOf(test, hook, 1);
    expect(rejected).toMatchObject({ reason: "signature_invalid", run_id: null });
    expect(JSON.parse(rejected?.data ?? "null")).toMatchObject({
      method: "POST",
      headers: { "x-github-delivery": "d1", "x-hub-signature-256": "[masked]" },
    });
  });

  it("refuses everything while the secret is missing, empty or deleted", async () => {
    const hook = await createHook(test, { verification: { scheme: "github", secretConnectionId: null } });
    expect((await deliver(hook, { body, headers: await gitHubHeaders("x") })).status).toBe(401);
    const deleted = await createHook(test, {
      verification: { scheme: "github", secretConnectionId: "018f0000-0000-7000-8000-000000000000" },
    });
    expect((await deliver(deleted, { body, headers: await gitHubHeaders("x") })).status).toBe(401);
    expect(await rejectionsOf(test, deleted, 1)).toMatchObject([{ reason: "secret_missing" }]);
  });

  it("does not take a secret of another workspace", async () => {
    const [mine, other] = [await createHook(test), await createHook(test)];
    const secretConnectionId = await createSecretConnection(test, hooks.secrets, other.workspaceId, ["hook secret"]);
    await configure(mine, { verification: { scheme: "github", secretConnectionId } });
    expect((await deliver(mine, { body, headers: await gitHubHeaders("hook secret") })).status).toBe(401);
  });

  it("scenario 7: the old and the new secret are accepted until the old one expires, then only the new one", async () => {
    for (const [expires, statuses] of [
      ["1 hour", [202, 202]],
      ["-1 second", [401, 202]],
    ] as const) {
      const hook = await createGitHubHook(["old secret", "new secret"]);
      const expireOld = "UPDATE secret SET valid_until = now() + $2::interval WHERE workspace_id = $1 AND version = 1";
      await test.db.pool.query(expireOld, [hook.workspaceId, expires]);
      const status = async (secret: string, id: string) => (await deliver(hook, { body, headers: await gitHubHeaders(secret, id) })).status;
      expect([await status("old secret", "r1"), await status("new secret", "r2")], expires).toEqual(statuses);
    }
  });

  it("scenario 8: a signature is over the bytes as they came, whatever JSON they are; with one byte changed it fails", async () => {
    const hook = await createGitHubHook();
    const odd = ['{ "a" :\r\n\t1 , "b":[ ] }\n', '{"name":"\\u00e9\\ud83d\\ude00","path":"\\/x"}', '\ufeff{"a":1}', '{"a":1.0,"a":1e0}'];
    for (const [index, text] of odd.entries()) {
      const signature = {
        "x-hub-signature-256": await sign("hook secret", text),
        "x-github-delivery": `odd${index}`,
        "x-github-event": "push",
      };
      expect((await deliver(hook, { body: text, headers: signature })).status, text).toBe(202);
      const changed = text.replace(/[a1]/, "2");
      expect((await deliver(hook, { body: changed, headers: { ...signature, "x-github-delivery": `bad${index}` } })).status, changed).toBe(
        401,
      );
    }
  });

  it("scenario 9: a delivery signed 6 minutes ago is refused, and however often it is replayed there is one issue and one notification", async () => {
    const hook = await createHook(test);
    const secretConnectionId = await createSecretConnection(test, hooks.secrets, hook.workspaceId, ["whsec_c2VjcmV0"]);
    await configure(hook, { verification: { scheme: "standard-webhooks", secretConnectionId } });
    const signed = (minutesAgo: number) => {
      const timestamp = String(Math.floor(Date.now() / 1_000) - minutesAgo * 60);
      const signature = createHmac("sha256", Buffer.from("c2VjcmV0", "base64")).update(`m1.${timestamp}.{}`).digest("base64");
      return { body: "{}", headers: { "webhook-id": "m1", "webhook-timestamp": timestamp, "webhook-signature": `v1,${signature}` } };
    };
    for (let i = 0; i < 5; i++) expect((await deliver(hook, signed(6))).status).toBe(401);
    expect(await rejectionsOf(test, hook, 5)).toMatchObject(Array(5).fill({ reason: "timestamp_outside_tolerance" }));
    const { rows } = await test.db.pool.query(
      `SELECT i.type, i.title, i.status, i.count, i.node_id, (SELECT count(*)::int FROM issue_notification n WHERE n.issue_id = i.id) AS told
       FROM issue i WHERE i.workflow_id = $1`,
      [hook.workflowId],
    );
    const title = "Deliveries are refused: timestamp outside tolerance";
    expect(rows).toEqual([{ type: "trigger_rejected", title, status: "open", count: 5, node_id: "n1", told: 1 }]);
    expect((await deliver(hook, signed(0))).status).toBe(202);
  });

  it("opens no issue for what is no fault of the sender or the trigger", async () => {
    const hook = await createHook(test);
    expect((await deliver(hook, { method: "DELETE" })).status).toBe(405);
    await rejectionsOf(test, hook, 1);
    const { rows } = await test.db.pool.query("SELECT FROM issue WHERE workflow_id = $1", [hook.workflowId]);
    expect(rows).toEqual([]);
  });

  it("never stores the token a caller sends, whatever header carries it", async () => {
    const hook = await createHook(test);
    const secretConnectionId = await createSecretConnection(test, hooks.secrets, hook.workspaceId, ["canary-token-1"]);
    await configure(hook, { verification: { scheme: "token", header: "X-Caller", secretConnectionId } });
    expect((await deliver(hook, { body: "{}", headers: { "x-caller": "canary-token-1" } })).status).toBe(202);
    expect((await deliver(hook, { body: "{}", headers: { "x-caller": "canary-token-2" } })).status).toBe(401);
    await rejectionsOf(test, hook, 1);
    expect(JSON.stringify(await eventsOf(test, hook))).not.toContain("canary-token");
  });
});
