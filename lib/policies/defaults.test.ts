import { describe, expect, test } from "vitest";
import { policyDefaults, resolvePolicy } from "./defaults.ts";

test("an empty policy gets every default, and no throttle of its own", () => {
  const resolved = resolvePolicy({ policy: {}, defaults: {}, effect: "unsafe" });
  expect(resolved).toEqual({
    timeoutMs: 30_000,
    deadlineMs: 86_400_000,
    retry: policyDefaults.retry,
    throttle: null,
    idempotency: {
      key: null,
      ttlMs: 2_592_000_000,
      scope: "node",
      header: null,
      effect: "unsafe",
      lookup: null,
      remoteKeyTtlMs: 86_400_000,
      replaysErrors: false,
      storeFailures: false,
    },
    breaker: policyDefaults.breaker,
    validateInput: null,
    validateOutput: null,
    onFailure: "dead-letter",
    compensate: null,
  });
});

test("what the author set wins over the node type, which wins over the product, key by key", () => {
  const resolved = resolvePolicy({
    policy: { timeoutMs: 5, retry: { maxAttempts: 2 }, validateOutput: { schema: { type: "object" } } },
    defaults: { timeoutMs: 7, deadlineMs: 9, retry: { maxAttempts: 3, factor: 4 }, onFailure: "fallback" },
    effect: "read",
  });
  expect(resolved).toMatchObject({ timeoutMs: 5, deadlineMs: 9, onFailure: "fallback", validateOutput: { type: "object" } });
  expect(resolved.retry).toEqual({ ...policyDefaults.retry, maxAttempts: 2, factor: 4 });
});

test("a key set to undefined is absent, a null is a value", () => {
  const throttle = { windows: [{ limit: 1, perMs: 1_000 }], maxWaitMs: 60_000 };
  const inherited = resolvePolicy({ policy: { throttle: { maxWaitMs: undefined } }, defaults: { throttle }, effect: "read" });
  expect(inherited.throttle?.maxWaitMs).toBe(60_000);
  const cleared = resolvePolicy({ policy: { throttle: { maxWaitMs: null } }, defaults: { throttle }, effect: "read" });
  expect(cleared.throttle?.maxWaitMs).toBeNull();
});

test("a look-up waits five seconds for things to settle, and makes an unsafe call without class or key reconcilable", () => {
  const lookup = { request: {}, found: "true", result: "1" };
  const resolve = (idempotency: object, effect: "unsafe" | "natural" = "unsafe") =>
    resolvePolicy({ policy: { idempotency: { lookup, ...idempotency } }, defaults: {}, effect }).idempotency;
  expect(resolve({}).lookup).toEqual({ ...lookup, settleDelayMs: 5_000 });
  expect(resolve({ lookup: { ...lookup, settleDelayMs: 0 } }).lookup?.settleDelayMs).toBe(0);
  expect(resolve({}).effect).toBe("reconcilable");
  expect(resolve({}, "natural").effect).toBe("natural");
  expect(resolve({ effect: "unsafe" }).effect).toBe("unsafe");
  expect(resolve({ key: "{{ 1 }}", header: "Idempotency-Key" }).effect).toBe("keyed");
});

test("what undoes a step is tried twenty times, and a step without effect has nothing to undo", () => {
  const compensate = { request: { method: "DELETE" } };
  const resolve = (effect: "unsafe" | "none") => resolvePolicy({ policy: { compensate }, defaults: {}, effect }).compensate;
  expect(resolve("unsafe")).toEqual({ ...compensate, effect: null, maxAttempts: 20 });
  expect(resolve("none")).toBeNull();
});

test("a check of the input has a schema, fields, or both; what the author left out is not checked", () => {
  const resolve = (validateInput: object, defaults: object = {}) =>
    resolvePolicy({ policy: { validateInput }, defaults, effect: "read" }).validateInput;
  const fields = [{ name: "id", type: "text", required: true }];
  expect(resolve({})).toEqual({ schema: null, fields: [] });
  expect(resolve({ schema: { type: "object" } })).toEqual({ schema: { type: "object" }, fields: [] });
  expect(resolve({ fields })).toEqual({ schema: null, fields });
});

test("a limit of the throttle's makes it hold; a leaf key alone limits nothing", () => {
  const resolve = (throttle: object) => resolvePolicy({ policy: { throttle }, defaults: {}, effect: "read" }).throttle;
  expect(resolve({ key: "{{ 1 }}" })).toBeNull();
  expect(resolve({ retryAfterScope: "key" })).toBeNull();
  expect(resolve({ cost: 3 })).toMatchObject({ windows: [], concurrency: null, cost: 3 });
  expect(resolve({ concurrency: 3 })).toEqual({
    windows: [],
    cost: 1,
    key: null,
    concurrency: 3,
    onExceed: "queue",
    maxWaitMs: null,
    retryAfterScope: null,
  });
  expect(resolve({ key: "{{ 1 }}", retryAfterScope: "key" })).toMatchObject({ windows: [], retryAfterScope: "key" });
  expect(resolve({ windows: [{ limit: 2, perMs: 500 }] })?.windows).toEqual([{ limit: 2, perMs: 500 }]);
});

describe("effect class", () => {
  const effectOf = (idempotency: object, effect: "unsafe" | "natural" | "none") =>
    resolvePolicy({ policy: { idempotency }, defaults: {}, effect }).idempotency.effect;

  test("an unsafe call whose key goes out in a header is keyed; a key that stays here is not", () => {
    expect(effectOf({ key: "{{ 1 }}", header: "Idempotency-Key" }, "unsafe")).toBe("keyed");
    expect(effectOf({ key: "{{ 1 }}" }, "unsafe")).toBe("unsafe");
    expect(effectOf({ header: "Idempotency-Key" }, "unsafe")).toBe("unsafe");
    expect(effectOf({ key: "{{ 1 }}", header: "Idempotency-Key" }, "natural")).toBe("natural");
  });

  test("the author's word wins, in both directions", () => {
    expect(effectOf({ effect: "natural" }, "unsafe")).toBe("natural");
    expect(effectOf({ key: "{{ 1 }}", header: "Idempotency-Key", effect: "unsafe" }, "unsafe")).toBe("unsafe");
  });

  test("a step that touches nothing outside stays so and has no breaker", () => {
    const resolved = resolvePolicy({ policy: { idempotency: { effect: "unsafe" } }, defaults: {}, effect: "none" });
    expect(resolved.idempotency.effect).toBe("none");
    expect(resolved.breaker.enabled).toBe(false);
  });
});
