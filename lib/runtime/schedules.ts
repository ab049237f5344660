import type pg from "pg";
import { statement } from "#lib/db/statement.ts";
import type { Intake } from "#lib/engine/ledger/intake.ts";
import { documentSchema, type WorkflowDocument } from "#lib/graph/document.ts";
import { gateOf } from "#lib/policies/admission.ts";
import { takesCanary } from "#lib/policies/rollout.ts";
import { nextFires } from "#lib/policies/schedule.ts";
import type { JsonObject } from "#lib/shared/json.ts";
import type { Logger } from "#lib/telemetry/logger.ts";

const dueSchedules = statement(new URL("./sql/due-schedules.sql", import.meta.url));
const advanceSchedule = statement(new URL("./sql/advance-schedule.sql", import.meta.url));
const recordFires = statement(new URL("./sql/record-fires.sql", import.meta.url));

const tickMs = 1_000;
/** A time noticed this late was not missed, only noticed late. */
const graceMs = 60_000;
/** More missed times than this are not even listed. */
const maxBehind = 1_000;
/** Two schedulers awake at once, or one that died half-way, meet the dedupe row of the first; it outlives any catch-up. */
const dedupeTtlMs = 35 * 86_400_000;

interface DueRow {
  id: string;
  workspace_id: string;
  workflow_id: string;
  node_id: string;
  config: string;
  version: number;
  document_id: string;
  document: string;
  canary_version: number | null;
  canary_document_id: string | null;
  canary_percent: number | null;
  canary_document: string | null;
  due_ms: number;
  now_ms: number;
}

/**
 * Starts the runs of schedules. Every worker does it; one run for each trigger and time, because the event's dedupe key
 * is the time itself (engine.md 1.9). All steps may be repeated, so dying between any two of them loses and doubles nothing.
 */
export class Schedules {
  readonly #pool: pg.Pool;
  readonly #intake: Intake;
  readonly #logger: Logger;
  #timer: NodeJS.Timeout | undefined;
  #ticking: Promise<void> | null = null;

  constructor(options: { pool: pg.Pool; intake: Intake; logger: Logger }) {
    this.#pool = options.pool;
    this.#intake = options.intake;
    this.#logger = options.logger;
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#ticking ??= this.tick()
        .catch((error: unknown) => this.#logger.warn({ err: error }, "schedules could not be looked at"))
        .finally(() => {
          this.#ticking = null;
        });
    }, tickMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#ticking;
  }

  /** Fires what is due now. */
  async tick(): Promise<void> {
    const { rows } = await this.#pool.query<DueRow>(dueSchedules);
    for (const row of rows) {
      try {
        await this.#fire(row);
      } catch (error) {
        this.#logger.error({ err: error, triggerId: row.id }, "a schedule could not be fired; it is tried again");
      }
    }
  }

  async #fire(row: DueRow): Promise<void> {
    const config = JSON.parse(row.config) as { cron: string; timezone?: string; misfire?: string; catchUpMs?: number }; // safe because publishing parsed it
    const timezone = config.timezone ?? "UTC";
    const times = [row.due_ms];
    let next = nextFires({ cron: config.cron, timezone, afterMs: row.due_ms, count: 1 })[0];
    while (next !== undefined && next <= row.now_ms && times.length < maxBehind) {
      times.push(next);
      next = nextFires({ cron: config.cron, timezone, afterMs: next, count: 1 })[0];
    }
    const fired = timesToFire(times, row.now_ms, config);
    const outcomes: { at: number; runId: string | null }[] = [];
    for (const at of times) outcomes.push({ at, runId: fired.has(at) ? await this.#start(row, at, timezone) : null });
    const columns = [outcomes.map((o) => o.at), outcomes.map((o) => o.runId), outcomes.map((o) => (o.runId === null ? "missed" : "fired"))];
    await this.#pool.query({ ...recordFires, values: [row.id, ...columns] });
    await this.#pool.query({ ...advanceSchedule, values: [row.id, row.now_ms, next ?? null] });
  }

  async #start(row: DueRow, at: number, timezone: string): Promise<string> {
    const scheduledFor = new Date(at).toISOString();
    const data: JsonObject = { scheduledFor, firedAt: new Date(row.now_ms).toISOString(), timezone };
    const chosen = versionFor(row, scheduledFor);
    const { runId } = await this.#intake.accept({
      workspaceId: row.workspace_id,
      workflowId: row.workflow_id,
      documentId: chosen.documentId,
      version: chosen.version,
      mode: "live",
      triggerId: row.id,
      triggerType: "schedule",
      triggerNodeId: row.node_id,
      data: JSON.stringify(data),
      // Of the time alone: a second scheduler notices it at another moment, which makes it no other event.
      dedupe: { key: `schedule ${scheduledFor}`, bodyHash: Buffer.from(scheduledFor), ttlMs: dedupeTtlMs },
      runDeadlineMs: chosen.document.settings.runDeadlineMs,
      replayOf: null,
      priority: 0,
      gate: gateOf({ settings: chosen.document.settings, trigger: () => data, mode: "live", now: row.now_ms }),
    });
    return runId;
  }
}

/** The version that takes a time: the live one, or the one under trial if it has this schedule too and the time falls to it. */
function versionFor(row: DueRow, scheduledFor: string): { version: number; documentId: string; document: WorkflowDocument } {
  if (row.canary_version !== null && row.canary_document_id !== null && row.canary_document !== null) {
    const document = documentSchema.parse(JSON.parse(row.canary_document));
    const has = document.nodes.some((node) => node.id === row.node_id && node.type === "schedule" && !node.disabled);
    const taken = takesCanary({ workflowId: row.workflow_id, key: scheduledFor, percent: row.canary_percent ?? 0 });
    if (has && taken) return { version: row.canary_version, documentId: row.canary_document_id, document };
  }
  return { version: row.version, documentId: row.document_id, document: documentSchema.parse(JSON.parse(row.document)) };
}

/** Which of the due times become runs, the oldest first, by what the author wants of missed ones. */
export function timesToFire(times: number[], now: number, config: { misfire?: string; catchUpMs?: number }): Set<number> {
  const timely = times.filter((at) => now - at <= graceMs);
  if (config.misfire === "skip") return new Set(timely);
  const recent = times.filter((at) => config.catchUpMs === undefined || now - at <= config.catchUpMs);
  if (config.misfire === "all") return new Set([...recent, ...timely]);
  return new Set(timely.length > 0 ? timely : recent.slice(-1));
}
