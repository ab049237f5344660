import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { openDb } from "#lib/db/db.ts";
import { createTestDb, type TestDb } from "#lib/db/testing.ts";
import { inTransaction } from "#lib/services/transaction.ts";
import { AppError } from "#lib/shared/errors.ts";
import { newId } from "#lib/shared/ids.ts";
import { toFailure } from "./problem.ts";

let test: TestDb;

beforeAll(async () => {
  test = await createTestDb();
});
afterAll(() => test.drop());

const failureOf = async (work: Promise<unknown>) => toFailure(await work.catch((error: unknown) => error), "r1");

describe("errors as answers", () => {
  it("tell an AppError in its own words", () => {
    const { status, problem, retryAfterMs, unexpected } = toFailure(
      new AppError("rate_limited", "slow down", { retryAfterMs: 5_000 }),
      "r1",
    );
    expect({ status, retryAfterMs, unexpected }).toEqual({ status: 429, retryAfterMs: 5_000, unexpected: null });
    expect(problem).toMatchObject({ code: "rate_limited", detail: "slow down", requestId: "r1", status: 429 });
  });

  it("never tell the words of anything else", () => {
    const { status, problem, unexpected } = toFailure(new Error("password is hunter2"), "r1");
    expect(status).toBe(500);
    expect(JSON.stringify(problem)).not.toContain("hunter2");
    expect(unexpected?.message).toBe("password is hunter2");
    expect(toFailure("just a string", "r1").status).toBe(500);
  });

  it("name every field of an input that is wrong", () => {
    const schema = z.strictObject({ a: z.strictObject({ b: z.number() }), c: z.string() });
    const { problem } = toFailure(schema.safeParse({ a: { b: "x", x: 1 }, y: 2 }).error, "r1");
    expect(problem.problems?.map(({ path }) => path).toSorted()).toEqual(["a.b", "a.x", "c", "y"]);
  });

  it("of a database that is away are 503, through pg and through Prisma", async () => {
    const away = openDb({ url: "postgresql://nobody@127.0.0.1:1/none", applicationName: "test" });
    for (const work of [
      () => away.pool.query("SELECT 1"),
      () => away.prisma.workspace.findFirst(),
      () => inTransaction({ db: away }, (transaction) => transaction.workspace.findFirst()),
    ]) {
      expect(await failureOf(work())).toMatchObject({ status: 503, retryAfterMs: 1_000, problem: { code: "unavailable" } });
    }
    await away.close();
  });

  it("of a query that takes too long are 503, and of text with U+0000 are 422", async () => {
    const slow = async () => {
      const client = await test.db.pool.connect();
      try {
        await client.query("SET statement_timeout = 10");
        await client.query("SELECT pg_sleep(5)");
      } finally {
        client.release(true);
      }
    };
    expect(await failureOf(slow())).toMatchObject({ status: 503, problem: { detail: expect.stringContaining("too long") } });
    expect(await failureOf(test.db.prisma.workspace.create({ data: { id: newId(), name: "a\u0000b" } }))).toMatchObject({ status: 422 });
    expect(await failureOf(test.db.pool.query("SELECT $1::text", ["a\u0000b"]))).toMatchObject({ status: 422 });
  });
});
