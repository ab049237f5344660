import type { Scope } from "#lib/expressions/scope.ts";
import type { NodeTypeId } from "#lib/nodes/registry.definitions.ts";
import type { NodeOutcome, OutboundRequest, OutboundResponse } from "#lib/nodes/runner.ts";
import type { LearnedPolicy } from "#lib/policies/throttle-buckets.ts";
import type { Random } from "#lib/shared/clock.ts";
import type { JsonObject, JsonValue } from "#lib/shared/json.ts";
import type { Renewal } from "#lib/shared/oauth2.ts";
import type { LoopReader } from "./ledger/loop-reader.ts";
import type { ClaimRecordRequest, RecordClaim } from "./ledger/record-claims.ts";
import type { ChangeSource, Committed } from "./ledger/run-changes.ts";
import type { Signals } from "./ledger/signals.ts";
import type { BreakerSystem } from "./systems/breaker.ts";
import type { ChildRuns } from "./systems/child-runs.ts";
import type { ConnectionHolds, Hold } from "./systems/connection-holds.ts";
import type { GuardPlaces } from "./systems/guard-places.ts";
import type { NodeDedup } from "./systems/node-dedup.ts";
import type { RetryBudgets } from "./systems/retry-budget.ts";
import type { ThrottleSystem } from "./systems/throttle.ts";

/** The limits of a connection, and how its remote tells of them. */
export interface ConnectionRules {
  windows: { limit: number; perMs: number }[];
  concurrency: number | null;
  headroom?: number | undefined;
  /** CEL over `response`: the remote refuses a call for being too fast, whatever its status. */
  throttledWhen?: string | undefined;
  /** Whom a pause binds that the remote asks for without naming a limit. */
  retryAfterScope?: "key" | "connection" | undefined;
}

/** What keeps a connection's credential usable. All reject with a NodeError when it never can be, else for want of the database. */
export interface CredentialCare {
  /** Whether a refused credential can be renewed without a person. */
  renewable: boolean;
  /** The version that is stored now. */
  stored(): Promise<string>;
  /** Sees to a token that holds; null where there is none to fetch. */
  ready: (() => Promise<Renewal>) | null;
  /** Replaces that version, once however many ask. */
  renew(used: string): Promise<Renewal>;
  /** A call with that version was accepted. */
  accepted(version: string, atMs: number): void;
  acceptedAtMs(version: string): number | null;
}

/** A connection as a step may use it. */
export interface OpenConnection {
  id: string;
  baseUrl: string | null;
  /** What expressions see as `connection`. */
  fields: JsonObject;
  limits: ConnectionRules;
  /** What its remote told of its limits, and which node was told. */
  learned?: (LearnedPolicy & { source: string })[];
  /** Where to ask whether the remote is well, without doing anything there. */
  healthUrl?: string | null;
  /** Why it must not be called just now. */
  held?: Hold | null;
  /**
   * The headers that carry the credential, for this host only, the values to mask, and which version it is. Throws NodeError
   * when the host is not allowed.
   */
  credential(url: string): Promise<{ headers: Record<string, string>; secretValues: string[]; version?: string }>;
  care?: CredentialCare | null;
}

/** A pure phase of a node, with all it reads. */
export interface EvaluationJob {
  nodeType: NodeTypeId;
  config: JsonObject;
  scope: Scope;
  now: number;
  incoming: JsonObject;
}

/** Works out costly expressions where they can be killed. Rejects with what the node threw, or an ExpressionError when it took too long. */
export interface Evaluator {
  prepare(job: EvaluationJob): Promise<JsonValue>;
  run(job: EvaluationJob & { input: JsonValue }): Promise<NodeOutcome>;
}

/** Everything the engine needs of the world, so that tests can hand it another one. */
export interface EnginePorts {
  /** Unix ms of the database's clock, as this process knows it. */
  now(): number;
  random: Random;
  commit(source: ChangeSource): Promise<Committed>;
  loops: Pick<LoopReader, "steps" | "touched" | "read" | "paces" | "undoIterations">;
  claimRecord(request: ClaimRecordRequest): Promise<RecordClaim>;
  throttle: Pick<ThrottleSystem, "acquire" | "release" | "isPaused" | "isAwaited" | "block" | "slowDown" | "learn" | "prune">;
  dedupe: Pick<NodeDedup, "claim" | "prune">;
  children: Pick<ChildRuns, "start" | "last" | "look" | "cancel">;
  breaker: Pick<BreakerSystem, "admit" | "report" | "prune">;
  holds: Pick<ConnectionHolds, "wait" | "refuse">;
  guards: Pick<GuardPlaces, "note" | "prune">;
  retries: Pick<RetryBudgets, "called" | "handBack" | "take" | "prune">;
  signals: Pick<Signals, "read" | "settle" | "reopen">;
  /** The link that completes a step that waits for a call back. */
  resumeUrl(step: { workspaceId: string; runId: string; nodeId: string; iteration: string }): string;
  evaluator: Evaluator;
  connection(workspaceId: string, connectionId: string): Promise<OpenConnection>;
  send(request: OutboundRequest, options: { signal: AbortSignal; timeoutMs: number; credentialed: boolean }): Promise<OutboundResponse>;
  /** What expressions see as `vars`. */
  vars: JsonObject;
  /** A run was parked until then: a hint to look for its job at that time, finer than the polling that finds it in any case. */
  parked(untilMs: number): void;
  /** How long ago this worker's heartbeat was last confirmed by the database, by this machine's monotonic clock. */
  leaseAgeMs(): number;
  renewLease(): Promise<void>;
}
