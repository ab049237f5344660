import type pg from "pg";
import { statement } from "#lib/db/statement.ts";
import type { Intake } from "#lib/engine/ledger/intake.ts";
import { gateOf } from "#lib/policies/admission.ts";
import { arrivalOf } from "#lib/policies/arrivals.ts";
import { attributesOf } from "#lib/policies/run-attributes.ts";
import { dueTimes, type EarlierSchedule } from "#lib/policies/schedule.ts";
import type { JsonObject } from "#lib/shared/json.ts";
import type { Logger } from "#lib/telemetry/logger.ts";
import { type VersionedTrigger, versionChooser } from "./trigger-version.ts";

const dueSchedules = statement(new URL("./sql/due-schedules.sql", import.meta.url));
const advanceSchedule = statement(new URL("./sql/advance-schedule.sql", import.meta.url));
const recordFires = statement(new URL("./sql/record-fires.sql", import.meta.url));

const unfinishedFires = statement(new URL("./sql/unfinished-fires.sql", import.meta.url));

const tickMs = 1_000;
/** A time noticed this late was not missed, only noticed late. */
const graceMs = 60_000;
/** More missed times than this are not even listed. */
const maxBehind = 1_000;
/** Two schedulers awake at once, or one that died half-way, meet the dedupe row of the first; it outlives any catch-up. */
const dedupeTtlMs = 35 * 86_400_000;

interface DueRow extends VersionedTrigger {
  id: string;
  workspace_id: string;
  config: string;
  /** JSON list; null nearly always. */
  earlier_schedules: string | null;
  due_ms: number;
  now_ms: number;
}

interface ScheduleConfig {
  cron: string;
  timezone?: string;
  misfire?: string;
  catchUpMs?: number;
  overlap?: "allow" | "skip" | "queue-one";
}

interface Fire {
  at: number;
  runId: string | null;
  outcome: "fired" | "missed" | "skipped";
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
    const config = JSON.parse(row.config) as ScheduleConfig; // safe because publishing parsed it
    const timezone = config.timezone ?? "UTC";
    const earlier: EarlierSchedule[] = JSON.parse(row.earlier_schedules ?? "[]");
    const current = { cron: config.cron, timezone };
    const { times, nextMs } = dueTimes({ dueMs: row.due_ms, nowMs: row.now_ms, current, earlier, max: maxBehind });
    const fired = timesToFire(times, row.now_ms, config);
    for (const at of times)
      await this.#record(row, fired.has(at) ? await this.#decide(row, at, config) : { at, runId: null, outcome: "missed" });
    await this.#pool.query({ ...advanceSchedule, values: [row.id, row.now_ms, nextMs] });
  }

  /** A time that comes while earlier runs of the schedule still go, by what the author wants of that. */
  async #decide(row: DueRow, at: number, config: ScheduleConfig): Promise<Fire> {
    const { overlap = "allow", timezone = "UTC" } = config;
    if (overlap !== "allow") {
      const { rows } = await this.#pool.query<{ n: number }>({ ...unfinishedFires, values: [row.id, at] });
      if ((rows[0]?.n ?? 0) > (overlap === "skip" ? 0 : 1)) return { at, runId: null, outcome: "skipped" };
    }
    return { at, runId: await this.#start(row, at, timezone, overlap === "queue-one"), outcome: "fired" };
  }

  /** What became of a time, once. A skipped one is on the trigger's list of events, with its reason. */
  async #record(row: DueRow, { at, runId, outcome }: Fire): Promise<void> {
    const { rows } = await this.#pool.query<{ outcome: Fire["outcome"] }>({ ...recordFires, values: [row.id, [at], [runId], [outcome]] });
    if (rows[0]?.outcome !== "skipped") return;
    const data = JSON.stringify({ scheduledFor: new Date(at).toISOString() });
    const { workspace_id: workspaceId, workflow_id: workflowId, id: triggerId } = row;
    await this.#intake.reject({ workspaceId, workflowId, triggerId, reason: "overlap", data, size: data.length, issueTitle: null });
  }

  /** `queued`: behind the run of the schedule that still goes. */
  async #start(row: DueRow, at: number, timezone: string, queued: boolean): Promise<string> {
    const scheduledFor = new Date(at).toISOString();
    const data: JsonObject = { scheduledFor, firedAt: new Date(row.now_ms).toISOString(), timezone };
    const chosen = versionChooser(row, "schedule")(scheduledFor);
    const arriving = { settings: chosen.document.settings, trigger: () => data, mode: "live", now: row.now_ms } as const;
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
      gate: gateOf(arriving) ?? (queued ? { limit: null, orderKey: `schedule ${row.id}`, blocks: false } : null),
      attributes: attributesOf(arriving),
      arrival: arrivalOf(arriving),
    });
    return runId;
  }
}

/** Which of the due times become runs, the oldest first, by what the author wants of missed ones. */
export function timesToFire(times: number[], now: number, config: { misfire?: string; catchUpMs?: number }): Set<number> {
  const timely = times.filter((at) => now - at <= graceMs);
  if (config.misfire === "skip") return new Set(timely);
  const recent = times.filter((at) => config.catchUpMs === undefined || now - at <= config.catchUpMs);
  if (config.misfire === "all") return new Set([...recent, ...timely]);
  return new Set(timely.length > 0 ? timely : recent.slice(-1));
}
