import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createTestDb, type TestDb } from "#lib/db/testing.ts";
import { isSetupNeeded, setUp } from "./index.ts";

let test: TestDb;

beforeAll(async () => {
  test = await createTestDb();
});
afterAll(() => test.drop());
beforeEach(async () => {
  await test.db.pool.query("DELETE FROM member; DELETE FROM auth_user; DELETE FROM one_time_token");
});

async function giveToken(token: string, options: { purpose?: string; expired?: boolean } = {}): Promise<void> {
  const hash = createHash("sha256").update(token).digest();
  await test.db.pool.query(
    "INSERT INTO one_time_token (token_hash, purpose, expires_at) VALUES ($1, $2, now() + ($3 || ' minutes')::interval)",
    [hash, options.purpose ?? "setup", options.expired ? "-1" : "60"],
  );
}

const use = (token: string, email = "owner@example.com") =>
  setUp({ db: test.db, now: Date.now, requestId: "test", input: { token, name: "Olga Owner", email, password: "a good long password" } });

describe("set-up of a new instance", () => {
  it("makes a workspace with its owner, once", async () => {
    await giveToken("one");
    expect(await isSetupNeeded({ db: test.db })).toBe(true);
    const { userId } = await use("one");
    expect(await isSetupNeeded({ db: test.db })).toBe(false);
    const { rows } = await test.db.pool.query("SELECT role, user_id FROM member");
    expect(rows).toEqual([{ role: "owner", user_id: userId }]);
    await expect(use("one", "second@example.com")).rejects.toMatchObject({ code: "forbidden" });
  });

  it("refuses a token that is unknown, expired, or made for something else", async () => {
    await giveToken("late", { expired: true });
    await giveToken("reset", { purpose: "reset" });
    for (const token of ["none", "late", "reset"]) await expect(use(token)).rejects.toMatchObject({ code: "forbidden" });
    expect(await isSetupNeeded({ db: test.db })).toBe(true);
  });

  it("makes exactly one owner when two people race with two tokens", async () => {
    await giveToken("a");
    await giveToken("b");
    const outcomes = await Promise.allSettled([use("a", "a@example.com"), use("b", "b@example.com"), use("a", "c@example.com")]);
    expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
    expect((await test.db.pool.query("SELECT 1 FROM member")).rowCount).toBe(1);
    expect((await test.db.pool.query("SELECT 1 FROM auth_user")).rowCount).toBe(1);
  });
});
