import { expect, test } from "vitest";
import { isId } from "#lib/shared/ids.ts";
import type { ResolvedThrottle } from "./defaults.ts";
import { bucketId, policyBucketId, pollShares, stepLimits } from "./throttle-buckets.ts";

const windows = [{ limit: 1, perMs: 1_000 }];
const throttle: ResolvedThrottle = {
  windows,
  key: null,
  concurrency: 3,
  onExceed: "queue",
  maxWaitMs: null,
  retryAfterScope: null,
  cost: 1,
};
const connection = { id: "c1", limits: { windows, concurrency: 10 }, learned: [] };
const step = { workspaceId: "w1", workflowId: "f1", nodeId: "n1", throttle, key: null, connection };
const ids = (over: Partial<Parameters<typeof stepLimits>[0]>) => {
  const limits = stepLimits({ ...step, ...over });
  return { buckets: limits.buckets.map((bucket) => bucket.id), pools: limits.pools.map((pool) => pool.id) };
};

test("a bucket's id is a UUID, always the same for the same limit, and another for any other", () => {
  expect(isId(bucketId("w1", "node", "f1"))).toBe(true);
  expect(bucketId("w1", "node", "f1")).toBe("3461a2ba-f0ed-88b9-8e2e-d578dfa4c9ae");
  expect(new Set([bucketId("w1", "a", "b"), bucketId("w1", "a,b"), bucketId("w2", "a", "b"), bucketId("w1", "b", "a")]).size).toBe(4);
});

test("scenario 58 (the decision): two workflows on one connection share its bucket and pool, and have their own below", () => {
  const one = ids({});
  const other = ids({ workflowId: "f2" });
  expect(other.buckets[0]).toBe(one.buckets[0]);
  expect(other.pools[0]).toBe(one.pools[0]);
  expect(other.buckets[1]).not.toBe(one.buckets[1]);
  expect(other.pools[1]).not.toBe(one.pools[1]);
});

test("another workspace shares nothing", () => {
  const mine = ids({});
  const theirs = ids({ workspaceId: "w2" });
  expect([...mine.buckets, ...mine.pools].filter((id) => [...theirs.buckets, ...theirs.pools].includes(id))).toEqual([]);
});

test("each value of the key has a bucket and a pool of its own; the connection stays shared", () => {
  const a = ids({ key: "channel-a" });
  const b = ids({ key: "channel-b" });
  expect(a.buckets[0]).toBe(b.buckets[0]);
  expect(a.buckets[1]).not.toBe(b.buckets[1]);
  expect(a.pools[1]).not.toBe(b.pools[1]);
});

test("a connection without limits still has a bucket, which a remote may pause; a step without anything has none", () => {
  const bare = stepLimits({ ...step, throttle: null, connection: { id: "c1", limits: { windows: [], concurrency: null }, learned: [] } });
  expect(bare).toEqual({ buckets: [{ id: bucketId("w1", "connection", "c1"), windows: [], scope: "connection" }], pools: [] });
  expect(stepLimits({ ...step, throttle: null, connection: null })).toEqual({ buckets: [], pools: [] });
  expect(stepLimits({ ...step, throttle: { ...throttle, concurrency: null }, connection: null }).pools).toEqual([]);
});

test("a limit keeps its id over releases and workers, and kinds of limits never share one", () => {
  const learned = [{ policy: "p", quota: 5, perMs: 1_000, partitioned: true }];
  const at = { workspaceId: "w1", connectionId: "c1", key: "k" };
  expect(ids({ key: "k", connection: { ...connection, learned } })).toEqual({
    buckets: [
      bucketId("w1", "connection", "c1"),
      bucketId("w1", "connection-policy", "c1", "p", "k"),
      bucketId("w1", "node", "f1", "n1", "k"),
    ],
    pools: [bucketId("w1", "connection-pool", "c1"), bucketId("w1", "node-pool", "f1", "n1", "k")],
  });
  expect(ids({}).buckets[1]).toBe(bucketId("w1", "node", "f1", "n1"));
  expect(policyBucketId({ ...at, key: null }, { policy: "p", partitioned: true })).toBe(bucketId("w1", "connection-policy", "c1", "p"));
  expect(policyBucketId(at, { policy: "p", partitioned: false })).toBe(bucketId("w1", "connection-policy", "c1", "p"));
});

test("polls have three tenths of each window of the connection and of what it learned, and room for one at least", () => {
  const learned = [
    { policy: "p", quota: 100, perMs: 60_000, partitioned: false },
    { policy: "parallel", quota: 5, perMs: null, partitioned: false },
  ];
  const own = [
    { limit: 10, perMs: 1_000 },
    { limit: 2, perMs: 100 },
  ];
  const limits = stepLimits({ ...step, connection: { id: "c1", limits: { windows: own, concurrency: 3 }, learned } });
  const [ofConnection, ofPolicy] = limits.buckets.map((bucket) => bucket.id);
  const shares = (cost: number) => pollShares(limits, cost);
  expect(shares(1)).toEqual([
    {
      id: bucketId(ofConnection ?? "", "polls"),
      of: ofConnection,
      windows: [
        { limit: 3, perMs: 1_000 },
        { limit: 1, perMs: 100 },
      ],
    },
    { id: bucketId(ofPolicy ?? "", "polls"), of: ofPolicy, windows: [{ limit: 27, perMs: 60_000 }] },
  ]);
  expect(shares(5).map((share) => share.windows.map((window) => window.limit))).toEqual([[5, 5], [27]]);
});

test("polls are not held back where there is nothing to share, nor by the node's own limit", () => {
  const bare = { id: "c1", limits: { windows: [], concurrency: 2 }, learned: [] };
  expect(pollShares(stepLimits({ ...step, connection: bare }), 1)).toEqual([]);
  expect(pollShares(stepLimits({ ...step, connection: null }), 1)).toEqual([]);
});

test("headroom leaves a share of the connection's limits to others; what an author typed on a node is used in full", () => {
  const limits = { windows: [{ limit: 15, perMs: 1_000 }], concurrency: null };
  const windowsOf = (headroom?: number) =>
    stepLimits({ ...step, connection: { id: "c1", limits: { ...limits, headroom }, learned: [] } }).buckets.map(
      (bucket) => bucket.windows[0]?.limit,
    );
  expect(windowsOf()).toEqual([15, 1]);
  expect(windowsOf(0.9)).toEqual([13, 1]);
  expect(windowsOf(0.01)).toEqual([1, 1]);
});

test("what the remote told of is held in addition, nine tenths of it, and never instead of what was configured", () => {
  const learned = [
    { policy: "burst", quota: 50, perMs: 2_000, partitioned: false },
    { policy: "per-user", quota: 10, perMs: 1_000, partitioned: true },
    { policy: "parallel", quota: 5, perMs: null, partitioned: false },
  ];
  const limitsFor = (key: string | null) => stepLimits({ ...step, key, connection: { ...connection, learned } });
  const a = limitsFor("a");
  const b = limitsFor("b");
  expect(a.buckets.map(({ scope, windows: [window] }) => [scope, window?.limit, window?.perMs])).toEqual([
    ["connection", 1, 1_000],
    ["policy", 45, 2_000],
    ["policy", 9, 1_000],
    ["node", 1, 1_000],
  ]);
  expect(a.pools.map((pool) => pool.limit)).toEqual([10, 4, 3]);
  expect(a.buckets[1]?.id).toBe(b.buckets[1]?.id);
  expect(a.buckets[2]?.id).not.toBe(b.buckets[2]?.id);
});
