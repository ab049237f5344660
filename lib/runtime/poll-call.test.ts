import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { OpenConnection } from "#lib/engine/ports.ts";
import { BreakerSystem } from "#lib/engine/systems/breaker.ts";
import { createTestEngine, type TestEngine } from "#lib/engine/testing.ts";
import { createEvaluate } from "#lib/expressions/evaluate.ts";
import { scopeOf } from "#lib/expressions/test-scope.ts";
import { NodeError, type OutboundResponse } from "#lib/nodes/runner.ts";
import { newId } from "#lib/shared/ids.ts";
import { openCall, type PollCaller, PutOff } from "./poll-call.ts";

let engine: TestEngine;
/** Connections that a refused credential has stopped. */
let stopped: string[];

beforeAll(async () => {
  engine = await createTestEngine();
});
afterAll(() => engine.stop());
beforeEach(() => {
  stopped = [];
  engine.calls.length = 0;
  engine.onCall(() => answer(200));
});

const request = { method: "GET", url: "https://api.test/items", headers: {}, body: null };

function answer(status: number, headers: Record<string, string> = {}): OutboundResponse {
  return { status, headers, body: "[]", durationMs: 1 };
}

function connectionOf(change: Partial<OpenConnection> = {}): OpenConnection {
  return {
    id: newId(),
    baseUrl: null,
    fields: {},
    limits: { windows: [], concurrency: null },
    credential: async () => ({ headers: { authorization: "Bearer t" }, secretValues: ["t"], version: "v1" }),
    ...change,
  };
}

function callerOf(connection: OpenConnection | null, change: Partial<PollCaller> = {}): PollCaller {
  const holds = {
    wait: async () => null,
    refuse: async ({ connectionId }: { connectionId: string }) => {
      stopped.push(connectionId);
    },
  };
  return {
    ports: { ...engine.world, holds },
    now: Date.now,
    triggerId: newId(),
    workspaceId: engine.workspaceId,
    workflowId: newId(),
    nodeId: "poll",
    connection,
    refusedBefore: false,
    signal: new AbortController().signal,
    ...change,
  };
}

/** A call as the poll makes it: what a status of 400 and above is, its node says. */
async function call(caller: PollCaller): Promise<OutboundResponse | NodeError | PutOff> {
  const open = openCall(caller, createEvaluate(scopeOf(null)));
  try {
    const response = await open.send(request);
    const error = failureOf(response);
    await open.end(error);
    return error ?? response;
  } catch (thrown) {
    if (!(thrown instanceof PutOff || thrown instanceof NodeError)) throw thrown;
    await open.end(thrown);
    return thrown;
  }
}

function failureOf(response: OutboundResponse): NodeError | null {
  const classes = { 401: "auth", 429: "throttled", 503: "unavailable" } as const;
  const failureClass = classes[response.status as keyof typeof classes];
  if (failureClass === undefined) return null;
  return new NodeError(failureClass, `http_${response.status}`, "refused", {
    response,
    retryAfterMs: response.status === 429 ? 60_000 : undefined,
  });
}

test("the connection's credential goes along, to the host that is called", async () => {
  expect(await call(callerOf(connectionOf()))).toMatchObject({ status: 200 });
  expect(engine.calls[0]?.headers).toEqual({ authorization: "Bearer t" });
});

test("a connection that is held is not called", async () => {
  const held = { reason: "isolated" as const, message: "the connection is isolated" };
  expect(await call(callerOf(connectionOf({ held })))).toMatchObject({ code: "connection_isolated" });
  expect(engine.calls).toEqual([]);
});

test("a pause that the remote asked one poll for binds all that use the connection", async () => {
  const connection = connectionOf();
  engine.onCall(() => answer(429));
  expect(await call(callerOf(connection))).toMatchObject({ failureClass: "throttled" });
  const other = await call(callerOf(connection));
  expect(other).toBeInstanceOf(PutOff);
  expect(other).toMatchObject({ code: "throttled" });
  expect(engine.calls).toHaveLength(1);
});

test("a poll keeps to the windows of its connection", async () => {
  const connection = connectionOf({ limits: { windows: [{ limit: 1, perMs: 60_000 }], concurrency: 1 } });
  expect(await call(callerOf(connection))).toMatchObject({ status: 200 });
  expect(await call(callerOf(connection))).toMatchObject({ code: "throttled", untilMs: expect.any(Number) });
  expect(engine.calls).toHaveLength(1);
});

test("a remote that keeps failing is left alone by polls too", async () => {
  const breaker = new BreakerSystem({ pool: engine.db.pool });
  const caller = callerOf(connectionOf());
  caller.ports = { ...caller.ports, breaker };
  engine.onCall(() => answer(503));
  let last = await call(caller);
  for (let calls = 0; calls < 100 && !(last instanceof PutOff); calls++) {
    last = await call(caller);
    await breaker.flush();
  }
  expect(last).toMatchObject({ code: "breaker_open" });
});

test("a credential that cannot be renewed stops its connection when it is refused for the second time, unless others get through", async () => {
  let accepted: number | null = null;
  const care = {
    renewable: false,
    stored: async () => "v1",
    ready: null,
    renew: async () => ({ next: "ready" as const }),
    accepted: () => undefined,
    acceptedAtMs: () => accepted,
  };
  const connection = connectionOf({ care });
  engine.onCall(() => answer(401));
  await call(callerOf(connection));
  expect(stopped).toEqual([]);
  accepted = Date.now();
  await call(callerOf(connection, { refusedBefore: true }));
  expect(stopped).toEqual([]);
  accepted = null;
  await call(callerOf(connection, { refusedBefore: true }));
  expect(stopped).toEqual([connection.id]);
});

test("a token that can be renewed is, and stops its connection when no new one is granted", async () => {
  let renewed = 0;
  let granted = true;
  const care = {
    renewable: true,
    stored: async () => "v1",
    ready: async () => ({ next: "ready" as const }),
    renew: async () => {
      renewed += 1;
      return granted ? { next: "ready" as const } : { next: "refused" as const, credential: "v1", message: "no" };
    },
    accepted: () => undefined,
    acceptedAtMs: () => null,
  };
  const connection = connectionOf({ care });
  engine.onCall(() => answer(401));
  await call(callerOf(connection));
  expect({ renewed, stopped }).toEqual({ renewed: 1, stopped: [] });
  granted = false;
  await call(callerOf(connection));
  expect({ renewed, stopped }).toEqual({ renewed: 2, stopped: [connection.id] });
});
