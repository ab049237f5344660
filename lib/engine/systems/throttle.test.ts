import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDb, createTestWorkspace, type TestDb } from "#lib/db/testing.ts";
import { bucketId } from "#lib/policies/throttle-buckets.ts";
import { ThrottleSystem } from "./throttle.ts";

let own: TestDb;
let workspaceId: string;
beforeAll(async () => {
  own = await createTestDb();
  ({ workspaceId } = await createTestWorkspace(own.db));
});
afterAll(() => own.drop());

test("smoke", async () => {
  const throttle = new ThrottleSystem({ pool: own.db.pool });
  const bucket = { id: bucketId(workspaceId, "a"), windows: [{ limit: 5, perMs: 10_000 }] };
  const grants = await Promise.all(
    Array.from({ length: 20 }, (_, i) => throttle.acquire({ workspaceId, holder: `h${i}`, buckets: [bucket], pools: [], leaseMs: 1_000 })),
  );
  expect(grants.filter((grant) => grant.status === "granted")).toHaveLength(5);
});
