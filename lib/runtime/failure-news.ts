import type pg from "pg";
import { statement } from "#lib/db/statement.ts";
import type { Intake } from "#lib/engine/ledger/intake.ts";
import { documentSchema } from "#lib/graph/document.ts";
import { gateOf } from "#lib/policies/admission.ts";
import { arrivalOf } from "#lib/policies/arrivals.ts";
import { attributesOf } from "#lib/policies/run-attributes.ts";
import type { JsonObject } from "#lib/shared/json.ts";

const findRun = statement(new URL("./sql/failed-run.sql", import.meta.url));
const findTriggers = statement(new URL("./sql/failure-triggers.sql", import.meta.url));

/** The job that tells of a failure is tried again for far less long. */
const dedupeTtlMs = 35 * 86_400_000;

interface RunRow {
  id: string;
  workspace_id: string;
  workflow_id: string;
  workflow_name: string;
  version: number | null;
  trigger_type: string;
  redrive_count: number;
  error: string;
  created_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
  step_id: string | null;
  node_id: string | null;
  iteration: string | null;
  document: string;
  now_ms: number;
}

interface TriggerRow {
  id: string;
  workflow_id: string;
  node_id: string;
  config: string;
  version: number;
  document_id: string;
  document: string;
}

/**
 * Starts the workflows that want to know of a failed run, each once for each time it failed (the dedupe key). The run they
 * get is marked as dealing with a failure, and its own failure, or that of what it calls, starts nothing: there is no loop.
 * Runs as a job that commit-runs.sql adds with the failure; may be repeated.
 */
export class FailureNews {
  readonly #pool: pg.Pool;
  readonly #intake: Pick<Intake, "accept">;

  constructor({ pool, intake }: { pool: pg.Pool; intake: Pick<Intake, "accept"> }) {
    this.#pool = pool;
    this.#intake = intake;
  }

  /** Nothing is told of a run that a person has redriven meanwhile. */
  async tell(runId: string): Promise<void> {
    const { rows } = await this.#pool.query<RunRow>({ ...findRun, values: [runId] });
    const run = rows[0];
    if (!run) return;
    const { rows: triggers } = await this.#pool.query<TriggerRow>({ ...findTriggers, values: [run.workspace_id] });
    const wanted = triggers.filter((trigger) => concerns(trigger, run.workflow_id));
    await Promise.all(wanted.map((trigger) => this.#start(trigger, run)));
  }

  async #start(trigger: TriggerRow, run: RunRow): Promise<void> {
    const { settings } = documentSchema.parse(JSON.parse(trigger.document));
    const data = toTriggerData(run);
    const arriving = { settings, trigger: () => data, mode: "live", now: run.now_ms } as const;
    const key = `failed ${run.id} ${run.redrive_count}`;
    await this.#intake.accept({
      workspaceId: run.workspace_id,
      workflowId: trigger.workflow_id,
      documentId: trigger.document_id,
      version: trigger.version,
      mode: "live",
      triggerId: trigger.id,
      triggerType: "workflow-failed",
      triggerNodeId: trigger.node_id,
      data: JSON.stringify(data),
      dedupe: { key, bodyHash: Buffer.from(key), ttlMs: dedupeTtlMs },
      runDeadlineMs: settings.runDeadlineMs,
      replayOf: null,
      priority: 0,
      gate: gateOf(arriving),
      attributes: attributesOf(arriving),
      arrival: arrivalOf(arriving),
      origin: { parentRunId: null, parentStepId: null, depth: 0, failureOf: run.id },
    });
  }
}

/** Whether a trigger names the workflow. One that names none means all but its own. */
function concerns(trigger: TriggerRow, workflowId: string): boolean {
  const { workflowIds } = JSON.parse(trigger.config) as { workflowIds?: string[] }; // safe because publishing parsed it
  return workflowIds === undefined ? trigger.workflow_id !== workflowId : workflowIds.includes(workflowId);
}

/** What such a run sees as `trigger`. All of it was masked when it was stored. */
function toTriggerData(run: RunRow): JsonObject {
  const { nodeId, class: failureClass, code, message, details } = JSON.parse(run.error);
  const node = documentSchema.parse(JSON.parse(run.document)).nodes.find((one) => one.id === nodeId);
  return {
    run: {
      id: run.id,
      workflowId: run.workflow_id,
      workflowName: run.workflow_name,
      version: run.version,
      triggerType: run.trigger_type,
      createdAt: run.created_at.toISOString(),
      startedAt: run.started_at?.toISOString() ?? null,
      finishedAt: run.finished_at?.toISOString() ?? null,
    },
    step: { id: run.step_id, nodeId, name: node?.name ?? nodeId, type: node?.type ?? null, iteration: run.iteration ?? "" },
    error: { class: failureClass, code, message, details },
  };
}
