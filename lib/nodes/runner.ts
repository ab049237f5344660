import type { JsonObject, JsonValue } from "#lib/shared/json.ts";
import type { FailureClass } from "#lib/shared/statuses.ts";

/** Evaluates against the run's scope; throws ExpressionError. */
export interface Evaluate {
  /** A bare CEL expression. `extra` adds or shadows names, for example `value` or `response`. */
  cel(source: string, extra?: JsonObject): JsonValue;
  /** Any JSON value; every string in it that holds `{{ … }}` is resolved, keeping the type of a lone `{{ … }}`. */
  template(value: JsonValue, extra?: JsonObject): JsonValue;
}

export interface OutboundRequest {
  method: string;
  url: string;
  headers: Record<string, string>;
  /** Already serialized. */
  body: string | null;
}

export interface OutboundResponse {
  status: number;
  /** Lower-case names; repeated headers joined with ", ". */
  headers: Record<string, string>;
  body: string;
  durationMs: number;
}

/** The whole of what a node may do to the world. The engine binds it to one attempt. */
export interface NodeContext {
  signal: AbortSignal;
  /** Unix ms of this attempt. */
  now: number;
  evaluate: Evaluate;
  /** What this step left when it asked for more; absent the first time. */
  progress?: JsonValue;
  /** An earlier call of this step may have been applied without our knowing. Absent: none was. */
  mayBeDone?: true;
  /** The one way out: egress guard, connection credentials, size and time limits. Throws NodeError on failure to get an answer. */
  outbound(request: OutboundRequest): Promise<OutboundResponse>;
  /** For a node whose definition says what it awaits; absent for all others. */
  outside?: Outside;
}

/** What has come from outside for a step, and how long it is waited for. */
export interface Outside {
  /** The first answer, which is the only one; null while there is none. */
  received: Received | null;
  /** The time is over and nothing has come: this is decided, and nothing will come any more. */
  isOver: boolean;
  /** Unix ms. */
  untilMs: number;
}

export interface Received {
  payload: JsonValue;
  /** ISO 8601. */
  at: string;
}

/** What a `respond` node tells the waiting caller of a webhook. */
export interface HookAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

export interface NodeResult {
  port: string;
  output: JsonValue;
  /** Only part of it is done: `output` is kept, and the node runs again with it as `progress`, in its own turn under the limits. */
  more?: true;
  answer?: HookAnswer;
  /** Why the port was taken, for a port that means refusal: the step fails with it when no edge leaves the port. */
  failure?: NodeError;
}

/** Not done yet: the step is parked, and run again with the same input when the time has come. */
export interface NodeWait {
  wait: { reason: "delay" | "callback" | "approval"; untilMs: number };
}

/** For a node that polls: the remote is not done. When to ask again is for the engine to say. */
export interface NodePending {
  pending: {
    /** From Retry-After and its relatives. */
    retryAfterMs: number | undefined;
  };
}

/** The engine is asked whether this run is the first with the key; the port is `first` or `duplicate`. */
export interface NodeFirstOf {
  firstOf: { key: string; ttlMs: number };
}

/** The engine is to run the node's body for each of so many items of its input. */
export interface NodeLoop {
  loop: { count: number };
}

/** The engine is asked to run another workflow, and to give its result when the step is to wait for it. */
export interface NodeCall {
  call: { workflowId: string; input: JsonValue; wait: boolean };
}

export type NodeOutcome = NodeResult | NodeWait | NodeFirstOf | NodePending | NodeLoop | NodeCall;

/** What making the frozen input may look at. */
export interface PrepareArgs<Config> {
  config: Config;
  evaluate: Evaluate;
  /** Unix ms, when the step was reached. */
  now: number;
  /** For a node with a `join`: the outputs of the nodes whose edges to it are taken, by their ids. Empty for all others. */
  incoming: JsonObject;
}

/** Which page a poll is at. */
export interface PagePlace {
  /** The frozen request of all pages; null: to be made of the config and the cursor. */
  request: JsonValue | null;
  /** What expressions of the request see as `cursor`. */
  cursor: JsonValue;
  /** Null: the first page. */
  next: string | number | null;
}

export type PageContext = Pick<NodeContext, "now" | "evaluate" | "outbound">;

/** What one page gave. */
export interface PolledPage {
  request: JsonValue;
  /** Each with its key and what the cursor is made of, as the author's expressions gave them; null: nothing. */
  items: { item: JsonValue; key: JsonValue; cursor: JsonValue }[];
  /** The cursor that the answer itself names; null: none. */
  cursor: JsonValue;
  /** Null: the last page. */
  next: string | number | null;
  /** Of the body, in characters. */
  length: number;
}

export interface NodeRunner<Config = JsonObject, Input extends JsonValue = JsonValue> {
  /**
   * Pure. Makes the input that is frozen in the step and shown to people, who may edit it before a redrive.
   * Absent: the config with templates resolved, without its deferred keys.
   */
  prepare?(args: PrepareArgs<Config>): Input;
  run(args: { config: Config; input: Input; context: NodeContext }): Promise<NodeOutcome> | NodeOutcome;
  /** For a trigger that polls: one page of what it reads. Throws NodeError. */
  readPage?(args: { config: Config; at: PagePlace; context: PageContext }): Promise<PolledPage>;
  /** Pure. What is wrong with an input that a person edited, by field; absent: anything goes. */
  problemsOf?(input: JsonValue): { path: string; message: string }[];
}

/** The code of a failure the author of the workflow asked for: a person is asked, whatever the policy says. */
export const stoppedCode = "stopped";

export interface NodeErrorOptions {
  /** What a person reads besides the message, for example one entry per invalid field. */
  details?: JsonValue;
  /** From Retry-After and its relatives. */
  retryAfterMs?: number | undefined;
  /** The answer that was judged a failure, kept on the attempt. */
  response?: OutboundResponse | undefined;
  /** False when it is certain that the remote did not apply the call (never sent, refused, 429). */
  mayHaveApplied?: boolean;
  cause?: unknown;
}

/** A failed attempt, with the class that decides what follows (engine.md 1.4). */
export class NodeError extends Error {
  readonly failureClass: FailureClass;
  /** Stable, for grouping: `http_503`, `field_invalid`, `egress_blocked`. */
  readonly code: string;
  readonly details: JsonValue;
  readonly retryAfterMs: number | undefined;
  readonly response: OutboundResponse | undefined;
  readonly mayHaveApplied: boolean;

  constructor(failureClass: FailureClass, code: string, message: string, options: NodeErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = "NodeError";
    this.failureClass = failureClass;
    this.code = code;
    this.details = options.details ?? null;
    this.retryAfterMs = options.retryAfterMs;
    this.response = options.response;
    this.mayHaveApplied = options.mayHaveApplied ?? false;
  }
}
