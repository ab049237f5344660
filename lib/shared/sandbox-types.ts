import type { JsonObject } from "./json.ts";

/* What /api/v1 answers about the sandbox; beside api-types.ts. */

export interface SandboxTargetView {
  name: string;
  kind: "echo" | "recorder" | "flaky" | "slow" | "rate-limited" | "apply-then-drop";
  settings: JsonObject;
  url: string;
  calls: number;
  effects: number;
}

export interface LedgerView {
  calls: number;
  applied: number;
  keys: { idempotencyKey: string | null; count: number; lastAppliedAt: string; lastBody: string | null }[];
  nextCursor: string | null;
}
