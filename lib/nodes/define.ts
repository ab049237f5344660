import type * as z from "zod";
import type { Policy } from "#lib/graph/policy.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import type { EffectClass } from "#lib/shared/statuses.ts";

export type NodeCategory = "trigger" | "action" | "data" | "logic";

export interface Port {
  name: string;
  label: string;
  /** Drawn dashed, taken when the step fails or the input is refused. */
  failure?: boolean;
}

/**
 * What several edges into a node mean. "some", the default: every edge is decided and at least one is taken. "all": every
 * edge is decided and all are taken. "any": one edge is taken, whatever becomes of the others.
 */
export type JoinMode = "some" | "all" | "any";

/**
 * What a node waits for. `callback`: somebody calls the link that belongs to the step. `approval`: a person decides. Null:
 * for nothing that comes by itself; it asks again and again.
 */
export interface Awaits {
  signal: "callback" | "approval" | null;
  timeoutMs: number;
}

/** Which reliability cards a node type shows; the engine ignores a policy section that is not listed. */
export type PolicySection = "timeout" | "throttle" | "idempotency" | "retry" | "breaker" | "validate" | "onFailure";

/**
 * What a node type is, safe for the browser: no I/O, imports only zod and types.
 *
 * `config` describes the settings panel too. Field metadata goes into zod's `.meta({...})`:
 * - `label`, `help`, `placeholder`: texts of the drawn form
 * - `widget`: "text" | "textarea" | "code" | "json" | "select" | "switch" | "number" | "duration" | "pairs" | "list" | "table" | "cron" | "timezone" | "connection" | "workflow" | "workflows"
 * - `expression`: "template" (text with {{ CEL }}), "cel" (a bare CEL expression), absent (a fixed value)
 * - `gives`: what the value of an expression must be: "text" | "number" | "true or false" | "list" | "object" | "anything"
 * - `names`: what a "cel" field knows besides the scope, for example `["response"]`
 * - `showWhen`: values of sibling fields with which the field means something; hidden otherwise
 *
 * Templates anywhere in the config are resolved before the run, into the step's frozen input, except
 * in the top-level keys named in `deferred`, which the runner evaluates itself.
 */
export interface NodeDefinition<Config extends z.ZodType = z.ZodType> {
  type: string;
  version: number;
  title: string;
  /** One sentence: what it does, for the palette. */
  description: string;
  category: NodeCategory;
  /** A lucide icon name in kebab-case. */
  icon: string;
  /** Words a person may search for. */
  synonyms: string[];
  config: Config;
  deferred: string[];
  /** A config that is valid, or nearly so, for a node just dropped on the canvas. */
  initialConfig: z.input<Config>;
  ports(config: z.output<Config>): Port[];
  /** For a loop: the port behind which lies what is run once for each item (lib/graph/bodies.ts). */
  bodyPort?: string;
  join?(config: z.output<Config>): JoinMode;
  /** One line for the canvas, for example `POST https://…`. */
  summary(config: z.output<Config>): string;
  /** "none": touches nothing outside, so it leaves no attempts and may be repeated. */
  effect(config: z.output<Config>): EffectClass | "none";
  /** For a node that has no reliability settings, and speaks to a remote through a connection all the same. */
  usesConnection?: boolean;
  /** For a node that waits for the outside: for what, and how long at most. Its time-out is the step's deadline. */
  awaits?(config: z.output<Config>): Awaits;
  /** For a node that asks after a remote's job: the request, as of an HTTP request, that tells the remote to give the job up. */
  cancelRequest?(config: z.output<Config>): object | null;
  policySections: PolicySection[];
  policyDefaults: Policy;
  /** What `steps.<id>.output` looks like, for completion before the first run. */
  sampleOutput: JsonValue;
}

/** Keeps the config type of a definition while checking its shape. */
export function defineNode<Config extends z.ZodType>(definition: NodeDefinition<Config>): NodeDefinition<Config> {
  return definition;
}
