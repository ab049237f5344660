import { expect, test } from "vitest";
import { isId } from "#lib/shared/ids.ts";
import { breakerId } from "./breaker.ts";

const call = { workspaceId: "w1", workflowId: "f1", nodeId: "n1", connectionId: "c1", host: "api.example.com" };
const ids = (...changes: Partial<Parameters<typeof breakerId>[0]>[]) => changes.map((change) => breakerId({ ...call, ...change }));

test("all workflows that use a connection share its breaker to a host", () => {
  expect(new Set(ids({}, { workflowId: "f2" }, { nodeId: "n2" })).size).toBe(1);
  expect(new Set(ids({}, { host: "other.example.com" }, { connectionId: "c2" }, { workspaceId: "w2" })).size).toBe(4);
});

test("a node without a connection has a breaker of its own to each host", () => {
  const connectionId = null;
  const changes = [{}, { workflowId: "f2" }, { nodeId: "n2" }, { host: "other.example.com" }, { workspaceId: "w2" }];
  expect(new Set(ids({}, ...changes.map((change) => ({ ...change, connectionId })))).size).toBe(6);
});

test("a breaker is found by the same id in every release", () => {
  expect(ids({}, { connectionId: null }).every(isId)).toBe(true);
  expect(ids({}, { connectionId: null })).toEqual(["b8afd723-fe75-8115-8c21-f20a46918864", "27dff253-fc6e-8513-8a37-5dbdba8b33de"]);
});
