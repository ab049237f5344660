import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDb, type TestDb } from "#lib/db/testing.ts";
import { newId } from "#lib/shared/ids.ts";
import type { Context } from "../context.ts";
import { auditActions, createTestTeam, type TestTeam } from "../testing.ts";
import {
  deleteSandboxTarget,
  ensureSandboxTargets,
  getSandboxLedger,
  getSandboxTarget,
  listSandboxTargets,
  putSandboxTarget,
  putSandboxTargetSchema,
  sandboxTargetParamsSchema,
} from "./index.ts";

let test: TestDb;
let team: TestTeam;
let other: TestTeam;

beforeAll(async () => {
  test = await createTestDb();
  team = await createTestTeam(test.db);
  other = await createTestTeam(test.db);
});
afterAll(() => test.drop());

const withUrl = (ctx: Context) => ({ ...ctx, baseUrl: "https://sluice.example" });
const put = (ctx: Context, name: string, settings: object) =>
  putSandboxTarget({ ctx: withUrl(ctx), input: { name, ...putSandboxTargetSchema.parse(settings) } });

/** Ids of one millisecond have no order, so each effect of a test gets a millisecond of its own. */
let effects = 0;
async function applyEffect(name: string, key: string | null, body: string): Promise<void> {
  await test.db.pool.query(
    "INSERT INTO sandbox_effect (id, target_id, idempotency_key, method, path, body) SELECT $1, id, $3, 'POST', '/', $4 FROM sandbox_target WHERE name = $2",
    [newId(Date.now() + ++effects), name, key, body],
  );
}

describe("sandbox targets", () => {
  it("are put, read, listed, put anew and deleted, and each change is recorded", async () => {
    const ctx = team.as("builder");
    const made = await put(ctx, "crm", { kind: "flaky", failTimes: 3, status: 500 });
    expect(made).toEqual({
      name: "crm",
      kind: "flaky",
      settings: { failTimes: 3, status: 500 },
      url: "https://sluice.example/sandbox/crm",
      calls: 0,
      effects: 0,
    });
    await put(ctx, "api", { kind: "recorder" });
    expect((await listSandboxTargets({ ctx: withUrl(ctx) })).items.map((item) => item.name)).toEqual(["api", "crm"]);
    expect(await put(ctx, "crm", { kind: "slow", delayMs: 5 })).toMatchObject({ kind: "slow", settings: { delayMs: 5 } });
    await deleteSandboxTarget({ ctx, input: { name: "crm" } });
    await expect(getSandboxTarget({ ctx: withUrl(ctx), input: { name: "crm" } })).rejects.toMatchObject({ code: "not_found" });
    expect(await auditActions(test.db, team.workspaceId)).toEqual([
      "sandbox-target.put",
      "sandbox-target.put",
      "sandbox-target.put",
      "sandbox-target.deleted",
    ]);
  });

  it("show their ledger by key in pages, the latest first, and lose it when deleted", async () => {
    const ctx = team.as("operator");
    await put(team.as("builder"), "ledger", { kind: "recorder" });
    for (const [key, body] of [
      ["k1", "1"],
      [null, "2"],
      [null, "3"],
      ["k2", "4"],
    ] as const)
      await applyEffect("ledger", key, body);
    const first = await getSandboxLedger({ ctx: withUrl(ctx), input: { name: "ledger", limit: 2 } });
    expect(first).toMatchObject({
      applied: 4,
      keys: [
        { idempotencyKey: "k2", count: 1, lastBody: "4" },
        { idempotencyKey: null, count: 2, lastBody: "3" },
      ],
    });
    const second = await getSandboxLedger({
      ctx: withUrl(ctx),
      input: { name: "ledger", limit: 2, cursor: first.nextCursor ?? undefined },
    });
    expect([second.keys.map((entry) => entry.idempotencyKey), second.nextCursor]).toEqual([["k1"], null]);
    await deleteSandboxTarget({ ctx: team.as("builder"), input: { name: "ledger" } });
    expect((await test.db.pool.query("SELECT FROM sandbox_effect")).rows).toHaveLength(0);
  });

  it("of another workspace are unknown, and their names are taken", async () => {
    await put(team.as("builder"), "mine", { kind: "echo" });
    const ctx = other.as("owner");
    const unknown = { code: "not_found" };
    await expect(getSandboxTarget({ ctx: withUrl(ctx), input: { name: "mine" } })).rejects.toMatchObject(unknown);
    await expect(getSandboxLedger({ ctx: withUrl(ctx), input: { name: "mine", limit: 1 } })).rejects.toMatchObject(unknown);
    await expect(deleteSandboxTarget({ ctx, input: { name: "mine" } })).rejects.toMatchObject(unknown);
    await expect(put(ctx, "mine", { kind: "recorder" })).rejects.toMatchObject({ code: "conflict" });
    expect((await listSandboxTargets({ ctx: withUrl(ctx) })).items).toEqual([]);
  });

  it("are seen by a viewer, and changed only by those who build", async () => {
    const viewer = team.as("viewer");
    await expect(put(viewer, "x", { kind: "echo" })).rejects.toMatchObject({ code: "forbidden" });
    await expect(put(team.as("operator"), "x", { kind: "echo" })).rejects.toMatchObject({ code: "forbidden" });
    await expect(deleteSandboxTarget({ ctx: viewer, input: { name: "mine" } })).rejects.toMatchObject({ code: "forbidden" });
    expect((await listSandboxTargets({ ctx: withUrl(viewer) })).items.length).toBeGreaterThan(0);
    await expect(listSandboxTargets({ ctx: withUrl(team.withScopes(["runs:read"])) })).rejects.toMatchObject({ code: "forbidden" });
  });

  it("are refused with names that are no part of an address, and with settings out of range", () => {
    for (const name of ["", "A", "a/b", "-a", "a-", "..", "a".repeat(65), "a b"])
      expect(sandboxTargetParamsSchema.safeParse({ name }).success, name).toBe(false);
    for (const settings of [
      { kind: "other" },
      { kind: "flaky", failRatio: 2 },
      { kind: "slow", delayMs: -1 },
      { kind: "slow", delay: 1 },
      { kind: "flaky", status: 200 },
    ]) {
      expect(putSandboxTargetSchema.safeParse(settings).success, JSON.stringify(settings)).toBe(false);
    }
  });

  it("are made for what a template names, leaving those that exist", async () => {
    await put(team.as("builder"), "deploy-target", { kind: "flaky" });
    const documentText = JSON.stringify({
      a: "{{ vars.baseUrl }}/sandbox/deploy-target/deployments",
      b: "https://x/sandbox/notify-target",
      c: "/sandbox/",
    });
    await ensureSandboxTargets({ ctx: team.as("builder"), input: { documentText } });
    const { items } = await listSandboxTargets({ ctx: withUrl(team.as("viewer")) });
    const kinds = Object.fromEntries(items.map((item) => [item.name, item.kind]));
    expect([kinds["deploy-target"], kinds["notify-target"]]).toEqual(["flaky", "recorder"]);
    await expect(ensureSandboxTargets({ ctx: team.as("viewer"), input: { documentText } })).rejects.toMatchObject({ code: "forbidden" });
  });
});
