import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDb, type TestDb } from "#lib/db/testing.ts";
import { ThrottleSystem } from "#lib/engine/systems/throttle.ts";
import { type LearnedPolicy, type StepLimits, stepLimits } from "#lib/policies/throttle-buckets.ts";
import { newId } from "#lib/shared/ids.ts";
import { createTestTeam, type TestTeam } from "../testing.ts";
import * as connections from "./index.ts";

let test: TestDb;
let team: TestTeam;
let throttle: ThrottleSystem;
let names = 0;

beforeAll(async () => {
  test = await createTestDb();
  team = await createTestTeam(test.db);
  throttle = new ThrottleSystem({ pool: test.db.pool });
});
afterAll(() => test.drop());

const windows = [{ limit: 10, perMs: 60_000 }];
const create = (limits: object) => {
  const input = connections.createConnectionSchema.parse({ name: `api ${++names}`, baseUrl: "https://api.example.com", limits });
  return connections.createConnection({ ctx: team.as("builder"), input });
};
const read = (id: string) => connections.getConnection({ ctx: team.as("viewer"), input: { id } });

/** The limits of a call through a connection, as a worker finds them. */
function limitsOf(id: string, learned: LearnedPolicy[] = []): StepLimits {
  const limits = { windows, concurrency: null };
  return stepLimits({
    workspaceId: team.workspaceId,
    workflowId: "f",
    nodeId: "n",
    throttle: null,
    key: null,
    connection: { id, limits, learned },
  });
}
const call = (limits: StepLimits) =>
  throttle.acquire({ workspaceId: team.workspaceId, holder: newId(), runId: newId(), leaseMs: 1_000, ...limits });

describe("the limits of a connection", () => {
  it("stand at full when nothing has happened", async () => {
    const { id } = await create({ windows });
    expect((await read(id)).limitState).toEqual({
      blockedUntil: null,
      waitingCalls: 0,
      windows: [{ limit: 10, perMs: 60_000, usable: 10 }],
      learned: [],
    });
  });

  it("show a pause, the calls that wait, and what of a window is usable", async () => {
    const { id } = await create({ windows });
    const limits = limitsOf(id);
    await Promise.all(Array.from({ length: 10 }, () => call(limits)));
    await throttle.slowDown(limits.buckets, Date.now() + 60_000);
    await throttle.block(team.workspaceId, [limits.buckets[0]?.id ?? ""], 300_000);
    for (let no = 0; no < 3; no++) expect(await call(limits)).toMatchObject({ status: "park" });
    const { limitState } = await read(id);
    expect(limitState).toMatchObject({ waitingCalls: 3, windows: [{ limit: 10, usable: 7 }] });
    expect(Date.parse(limitState.blockedUntil ?? "") - Date.now()).toBeGreaterThan(200_000);
    const listed = await connections.listConnections({ ctx: team.as("viewer"), input: connections.listConnectionsSchema.parse({}) });
    expect(listed.items.find((each) => each.id === id)?.limitState).toEqual(limitState);
  });

  it("show headroom as what is not usable", async () => {
    const { id } = await create({ windows, headroom: 0.75 });
    expect((await read(id)).limitState.windows).toEqual([{ limit: 10, perMs: 60_000, usable: 7 }]);
  });

  it("show what the remote told of as learned, the strictest of several tellings, and when that is used up", async () => {
    const { id } = await create({});
    const policy = { policy: "search", perMs: 60_000, partitioned: false };
    const { workspaceId } = team;
    await throttle.learn({ workspaceId, connectionId: id, source: "f/a", policies: [{ ...policy, quota: 30 }] });
    await throttle.learn({ workspaceId, connectionId: id, source: "f/b", policies: [{ ...policy, quota: 20 }] });
    const [, bucket] = limitsOf(id, [{ ...policy, quota: 20 }]).buckets;
    await throttle.block(workspaceId, [bucket?.id ?? ""], 60_000);
    const { learned, blockedUntil } = (await read(id)).limitState;
    expect(learned).toMatchObject([{ policy: "search", limit: 20, perMs: 60_000, perKey: false, nodes: 2 }]);
    expect(Date.parse(learned[0]?.blockedUntil ?? "")).toBeGreaterThan(Date.now());
    expect(blockedUntil).toBeNull();
  });

  it("are looked at again by those who wait when somebody changes them", async () => {
    const { id } = await create({ windows: [{ limit: 1, perMs: 600_000 }] });
    const limits = {
      ...limitsOf(id),
      buckets: limitsOf(id).buckets.map((bucket) => ({ ...bucket, windows: [{ limit: 1, perMs: 600_000 }] })),
    };
    for (let no = 0; no < 4; no++) await call(limits);
    const change = connections.updateConnectionSchema.parse({ limits: { windows: [{ limit: 100, perMs: 600_000 }] } });
    await connections.updateConnection({ ctx: team.as("builder"), input: { ...change, id } });
    const { rows } = await test.db.pool.query("SELECT FROM throttle_wait WHERE bucket_id = $1 AND wake_at < now() + interval '5 seconds'", [
      limits.buckets[0]?.id,
    ]);
    expect(rows).toHaveLength(3);
    const jobs = await test.db.pool.query(
      "SELECT FROM graphile_worker._private_jobs j WHERE j.run_at < now() + interval '5 seconds' AND j.key IN (SELECT 'run:' || run_id FROM throttle_wait)",
    );
    expect(jobs.rows).toHaveLength(3);
  });

  it("refuse a rule that cannot be read, by its name", () => {
    const parsed = connections.createConnectionSchema.safeParse({ name: "x", limits: { throttledWhen: "response.status ==" } });
    expect(parsed.error?.issues[0]?.path).toEqual(["limits", "throttledWhen"]);
    expect(connections.createConnectionSchema.safeParse({ name: "x", limits: { headroom: 1.1 } }).success).toBe(false);
  });
});
