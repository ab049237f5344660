import type { InputCheck } from "#lib/graph/field-steps/check-input.ts";
import type { Policy } from "#lib/graph/policy.ts";
import type { JsonObject } from "#lib/shared/json.ts";
import type { EffectClass, FailureClass } from "#lib/shared/statuses.ts";

/** What a repeat of a step's call would do; "none" when the step touches nothing outside. */
export type StepEffect = EffectClass | "none";

export interface ResolvedRetry {
  maxAttempts: number;
  initialMs: number;
  factor: number;
  maxMs: number;
  jitter: "full" | "none";
  on: readonly FailureClass[];
  /** The first that names the failure's class decides. */
  rules: readonly RetryRule[];
}

/** How failures of some classes are retried; what it leaves open is as for all. */
export interface RetryRule {
  on: readonly FailureClass[];
  /** 0: not at all. */
  maxAttempts?: number | undefined;
  initialMs?: number | undefined;
  factor?: number | undefined;
  maxMs?: number | undefined;
  jitter?: "full" | "none" | undefined;
}

export interface ThrottleWindow {
  limit: number;
  perMs: number;
}

export interface ResolvedThrottle {
  windows: readonly ThrottleWindow[];
  /** The template of the leaf key, not yet evaluated. */
  key: string | null;
  concurrency: number | null;
  onExceed: "queue" | "drop" | "fail" | "fallback";
  maxWaitMs: number | null;
  /** Whom a pause binds that the remote asks for without naming a limit. Null: as the connection says. */
  retryAfterScope: "key" | "connection" | null;
  /** Units of every window: a number, or a template that gives one. */
  cost: number | string;
}

export interface ResolvedIdempotency {
  /** The template of the key, not yet evaluated. */
  key: string | null;
  ttlMs: number;
  scope: "node" | "workflow" | "connection";
  header: string | null;
  effect: StepEffect;
  /** How to find out whether a call was applied. */
  lookup: ResolvedLookup | null;
  /** How long the remote remembers a key. */
  remoteKeyTtlMs: number;
  /** The remote gives its stored answer for a known key, errors too. */
  replaysErrors: boolean;
  /** A final failure is the result of duplicates as well; otherwise the next of them makes the call. */
  storeFailures: boolean;
}

export interface ResolvedLookup {
  /** The config of an HTTP request, not yet evaluated. */
  request: JsonObject;
  /** Conditions and values over `response`, `input` and `key`. */
  found: string;
  result: string;
  settleDelayMs: number;
}

/** How the effect of a step is undone (a saga's compensation). */
export interface ResolvedCompensation {
  /** The config of an HTTP request over `input` and `output` of the step, not yet evaluated. */
  request: JsonObject;
  /** Null: by its method. */
  effect: EffectClass | null;
  maxAttempts: number;
}

export interface ResolvedBreaker {
  enabled: boolean;
  windowMs: number;
  minCalls: number;
  failureRatio: number;
  openMs: number;
}

/** The policy a step runs under: what the author set, over the node type's defaults, over the product's. */
export interface ResolvedPolicy {
  timeoutMs: number;
  deadlineMs: number;
  retry: ResolvedRetry;
  /** Null when the node sets no limit of its own; those of its connection hold regardless. */
  throttle: ResolvedThrottle | null;
  idempotency: ResolvedIdempotency;
  breaker: ResolvedBreaker;
  validateInput: InputCheck | null;
  /** A JSON Schema. */
  validateOutput: JsonObject | null;
  onFailure: "dead-letter" | "continue" | "fallback" | "stop";
  compensate: ResolvedCompensation | null;
}

const dayMs = 86_400_000;
/** Search indices lag, and a request whose socket was cut may still be executed. */
const settleDelayMs = 5_000;

/** The product's defaults (engine.md 1.3–1.6), shown in the panel as such. */
export const policyDefaults = {
  timeoutMs: 30_000,
  deadlineMs: dayMs,
  retry: {
    maxAttempts: 5,
    initialMs: 1_000,
    factor: 2,
    maxMs: 300_000,
    jitter: "full",
    on: ["transient", "unavailable", "timeout", "conflict"],
    rules: [],
  },
  throttle: { windows: [], key: null, concurrency: null, onExceed: "queue", maxWaitMs: null, retryAfterScope: null, cost: 1 },
  idempotency: {
    key: null,
    ttlMs: 30 * dayMs,
    scope: "node",
    header: null,
    // Stripe says at least a day.
    remoteKeyTtlMs: dayMs,
    replaysErrors: false,
    storeFailures: false,
  },
  compensate: { maxAttempts: 20 },
  breaker: { enabled: true, windowMs: 60_000, minCalls: 20, failureRatio: 0.5, openMs: 30_000 },
  onFailure: "dead-letter",
} as const satisfies {
  timeoutMs: number;
  deadlineMs: number;
  retry: ResolvedRetry;
  throttle: ResolvedThrottle;
  idempotency: Omit<ResolvedIdempotency, "effect" | "lookup">;
  compensate: Pick<ResolvedCompensation, "maxAttempts">;
  breaker: ResolvedBreaker;
  onFailure: ResolvedPolicy["onFailure"];
};

type Layer<T> = { [K in keyof T]?: T[K] | undefined };

/** Copies the keys of `base`, each from the last layer that sets it. Null counts as set, undefined does not. */
function overlay<T extends object>(base: T, ...layers: (Layer<T> | undefined)[]): T {
  const result: T = { ...base };
  // Safe because `base` is a literal of exactly the keys of T.
  for (const key of Object.keys(base) as (keyof T)[]) {
    for (const layer of layers) {
      const value = layer?.[key];
      if (value !== undefined) result[key] = value;
    }
  }
  return result;
}

function resolveThrottle(defaults: Policy["throttle"], policy: Policy["throttle"]): ResolvedThrottle | null {
  const throttle = overlay<ResolvedThrottle>(policyDefaults.throttle, defaults, policy);
  const keepsPauses = throttle.key !== null && throttle.retryAfterScope === "key";
  return throttle.windows.length === 0 && throttle.concurrency === null && !keepsPauses && throttle.cost === 1 ? null : throttle;
}

/**
 * The effect class that decides recovery. An explicit one wins; otherwise an unsafe call that carries a key the
 * remote is told about in a header counts as keyed, and one that can be looked up as reconcilable. A step that touches nothing outside cannot be given a class.
 */
function resolveEffect(effect: StepEffect, explicit: EffectClass | undefined, set: Omit<ResolvedIdempotency, "effect">): StepEffect {
  if (effect === "none") return "none";
  if (explicit !== undefined || effect !== "unsafe") return explicit ?? effect;
  if (set.key !== null && set.header !== null) return "keyed";
  return set.lookup === null ? "unsafe" : "reconcilable";
}

function resolveLookup(lookup: NonNullable<Policy["idempotency"]>["lookup"]): ResolvedLookup | null {
  return lookup ? { ...lookup, settleDelayMs: lookup.settleDelayMs ?? settleDelayMs } : null;
}

function resolveCompensation(compensate: Policy["compensate"]): ResolvedCompensation | null {
  if (!compensate) return null;
  const { request, effect, maxAttempts } = compensate;
  return { request, effect: effect ?? null, maxAttempts: maxAttempts ?? policyDefaults.compensate.maxAttempts };
}

function resolveInputCheck(check: Policy["validateInput"]): InputCheck | null {
  return check ? { schema: check.schema ?? null, fields: check.fields ?? [] } : null;
}

/** Fills in a node's policy. `defaults` are those of its type, `effect` the class its type gives this config. */
export function resolvePolicy({ policy, defaults, effect }: { policy: Policy; defaults: Policy; effect: StepEffect }): ResolvedPolicy {
  const set = overlay<Omit<ResolvedIdempotency, "effect" | "lookup">>(policyDefaults.idempotency, defaults.idempotency, policy.idempotency);
  const idempotency = { ...set, lookup: resolveLookup(policy.idempotency?.lookup ?? defaults.idempotency?.lookup) };
  const explicit = policy.idempotency?.effect ?? defaults.idempotency?.effect;
  const breaker = overlay<ResolvedBreaker>(policyDefaults.breaker, defaults.breaker, policy.breaker);
  return {
    timeoutMs: policy.timeoutMs ?? defaults.timeoutMs ?? policyDefaults.timeoutMs,
    deadlineMs: policy.deadlineMs ?? defaults.deadlineMs ?? policyDefaults.deadlineMs,
    retry: overlay<ResolvedRetry>(policyDefaults.retry, defaults.retry, policy.retry),
    throttle: resolveThrottle(defaults.throttle, policy.throttle),
    idempotency: { ...idempotency, effect: resolveEffect(effect, explicit, idempotency) },
    breaker: effect === "none" ? { ...breaker, enabled: false } : breaker,
    validateInput: resolveInputCheck(policy.validateInput ?? defaults.validateInput),
    validateOutput: policy.validateOutput?.schema ?? defaults.validateOutput?.schema ?? null,
    onFailure: policy.onFailure ?? defaults.onFailure ?? policyDefaults.onFailure,
    compensate: effect === "none" ? null : resolveCompensation(policy.compensate),
  };
}
