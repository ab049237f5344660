import type { WorkflowNode } from "#lib/graph/document.ts";
import type { RecordState } from "#lib/policies/idempotency.ts";
import { idempotencyScope, keyHash } from "#lib/policies/idempotency-key.ts";
import type { Context } from "../context.ts";
import { policyOf } from "./frozen-input.ts";

/** How the idempotency key of a step stands now, whoever used it last. */
export interface KeyRecord {
  state: RecordState;
  generation: number;
  ownerRunId: string;
  ownerStepId: string;
  lastSentAt: Date | null;
  expiresAt: Date;
}

interface KeyedStep {
  stepId: string;
  workflowId: string;
  node: WorkflowNode;
  /** As it was worked out for the step. */
  key: string;
}

const readRecords = `
  SELECT t.step_id AS "stepId", i.state, i.generation, i.owner_run AS "ownerRunId", i.owner_step AS "ownerStepId", i.last_sent_at AS "lastSentAt",
    i.expires_at AS "expiresAt"
  FROM unnest($1::uuid[], $2::text[], $3::bytea[]) AS t (step_id, scope, key_hash)
  JOIN idempotency_record i ON i.scope = t.scope AND i.key_hash = t.key_hash
  WHERE i.expires_at > clock_timestamp()`;

/** Reads the records of steps' keys, by step. A key that nobody holds or that has expired has none. */
export async function readKeys(ctx: Context, steps: readonly KeyedStep[]): Promise<Map<string, KeyRecord>> {
  if (steps.length === 0) return new Map();
  const values = [
    steps.map((step) => step.stepId),
    steps.map((step) => scopeOf(ctx.workspaceId, step)),
    steps.map((step) => keyHash(step.key)),
  ];
  const { rows } = await ctx.db.pool.query<KeyRecord & { stepId: string }>(readRecords, values);
  return new Map(rows.map(({ stepId, ...record }) => [stepId, record]));
}

function scopeOf(workspaceId: string, { workflowId, node }: KeyedStep): string {
  const scope = policyOf(node)?.idempotency.scope ?? "node";
  return idempotencyScope({ scope, workspaceId, workflowId, nodeId: node.id, connectionId: node.connectionId });
}
