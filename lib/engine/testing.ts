import { pino } from "pino";
import { Alerts } from "#lib/alerts/alerts.ts";
import { openDb } from "#lib/db/db.ts";
import { createTestDb, createTestWorkspace, type TestDb } from "#lib/db/testing.ts";
import { documentSchema, type WorkflowDocument } from "#lib/graph/document.ts";
import { NodeError, type OutboundRequest, type OutboundResponse } from "#lib/nodes/runner.ts";
import { gateOf } from "#lib/policies/admission.ts";
import { arrivalOf } from "#lib/policies/arrivals.ts";
import type { RunKeys } from "#lib/policies/idempotency-key.ts";
import { attributesOf } from "#lib/policies/run-attributes.ts";
import { Worker, type WorldPorts } from "#lib/runtime/worker.ts";
import { lazyEvaluator } from "#lib/runtime/world.ts";
import { CallbackLinks } from "#lib/secrets/callback-links.ts";
import { newId } from "#lib/shared/ids.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import { type Accepted, Intake } from "./ledger/intake.ts";
import { RecordClaims } from "./ledger/record-claims.ts";
import { type RunAnswer, RunListener } from "./ledger/run-listener.ts";
import { Signals } from "./ledger/signals.ts";
import { BreakerSystem } from "./systems/breaker.ts";
import { ChildRuns } from "./systems/child-runs.ts";
import { ConnectionHolds } from "./systems/connection-holds.ts";
import { GuardPlaces } from "./systems/guard-places.ts";
import { NodeDedup } from "./systems/node-dedup.ts";
import { RetryBudgets } from "./systems/retry-budget.ts";
import { ThrottleSystem } from "./systems/throttle.ts";

/** What a remote of a test does with a call. Throw a NodeError for what never gets an answer. */
export type Remote = (request: OutboundRequest) => OutboundResponse | Promise<OutboundResponse>;

export interface TestEngine {
  db: TestDb["db"];
  url: string;
  workspaceId: string;
  intake: Intake;
  listener: RunListener;
  /** What workers of this engine have of the world, as they are started. */
  world: WorldPorts;
  /** The calls that reached the remote, in order. */
  calls: OutboundRequest[];
  onCall(remote: Remote): void;
  saveDocument(document: unknown): Promise<SavedDocument>;
  accept(saved: SavedDocument, body: JsonValue, options?: AcceptOptions): Promise<Accepted>;
  /** Accepts and waits for the end of the run. */
  run(saved: SavedDocument, body: JsonValue): Promise<RunAnswer & { runId: string }>;
  /** `own`: parts of the world that this worker does not share with the others. */
  startWorker(own?: Partial<WorldPorts>): Promise<Worker>;
  /** In good order, as at a deploy. */
  stopWorker(worker: Worker): Promise<void>;
  stop(): Promise<void>;
}

interface AcceptOptions {
  priority?: number;
  workspaceId?: string;
  dedupeKey?: string;
  mode?: "live" | "test";
  /** Of a replay. */
  keys?: RunKeys;
  triggerType?: string;
  /** Another process than that of the test. */
  through?: Intake;
}

export interface SavedDocument {
  workflowId: string;
  documentId: string;
  document: WorkflowDocument;
  triggerNodeId: string;
}

/** Channels of a test hold their address as plain text. */
const unsealed = { openText: async ({ sealed }: { sealed: string }) => sealed };

/** The links of all test engines. */
export const testLinks = new CallbackLinks({ secretKey: Buffer.alloc(32, 7), baseUrl: "http://sluice.test" });

/** What steps need that wait for the outside, or for a costly expression. */
function outside(pool: TestDb["db"]["pool"]): Pick<WorldPorts, "signals" | "resumeUrl" | "evaluator"> {
  return { signals: new Signals({ pool }), resumeUrl: (step) => testLinks.url(step), evaluator: lazyEvaluator() };
}

/** A whole engine on a database of its own: real intake, ledger and worker; only the remote is the test's. */
/** `onDb` where the database is not to be an empty one. */
export async function createTestEngine(
  overrides: Partial<WorldPorts> = {},
  onDb: () => Promise<TestDb> = createTestDb,
): Promise<TestEngine> {
  const { db, url, drop } = await onDb();
  const byKey = openDb({ url, applicationName: "test worker", byKey: true });
  const { workspaceId } = await createTestWorkspace(db);
  const intake = new Intake({ pool: db.pool });
  const listener = new RunListener({ pool: db.pool, url });
  await listener.start();
  const calls: OutboundRequest[] = [];
  let remote: Remote = () => answer(200, { ok: true });
  const workers = new Set<Worker>();
  const world = testWorld({ db, intake }, async (request) => {
    calls.push(request);
    return remote(request);
  });
  Object.assign(world, overrides);
  const engine: TestEngine = {
    db,
    url,
    workspaceId,
    intake,
    listener,
    world,
    calls,
    onCall: (next) => {
      remote = next;
    },
    saveDocument: (document) => saveDocument(engine, documentSchema.parse(document)),
    accept: (saved, body, options = {}) => (options.through ?? intake).accept(acceptance(engine, saved, body, options)),
    async run(saved, body) {
      const { runId } = await engine.accept(saved, body);
      const ended = await untilEnd(engine, runId);
      return { runId, ...ended };
    },
    async startWorker(own = {}) {
      const worker = new Worker({
        pool: db.pool,
        byKeyPool: byKey.pool,
        url,
        concurrency: 20,
        retentionDays: 30,
        version: "test",
        logger: pino({ level: process.env.TEST_LOG ?? "silent" }),
        world: { ...world, ...own },
        alerts: new Alerts({
          pool: db.pool,
          secrets: unsealed,
          carriers: { outbound: { send: (request, options) => world.send(request, { ...options, credentialed: false }) }, mail: null },
          baseUrl: "http://sluice.test",
        }),
        onFatal: () => undefined,
      });
      workers.add(worker);
      await worker.start();
      return worker;
    },
    async stopWorker(worker) {
      workers.delete(worker);
      await worker.stop();
    },
    async stop() {
      for (const worker of workers) await worker.stop();
      await listener.stop();
      await byKey.close();
      await drop();
    },
  };
  return engine;
}

function testWorld({ db, intake }: { db: TestDb["db"]; intake: Intake }, send: WorldPorts["send"]): WorldPorts {
  const records = new RecordClaims({ pool: db.pool });
  return {
    random: Math.random,
    claimRecord: (request) => records.claim(request),
    throttle: new ThrottleSystem({ pool: db.pool }),
    dedupe: new NodeDedup({ pool: db.pool }),
    children: new ChildRuns({ pool: db.pool, intake }),
    breaker: new BreakerSystem({ pool: db.pool }),
    holds: new ConnectionHolds({ pool: db.pool }),
    guards: new GuardPlaces({ pool: db.pool }),
    retries: new RetryBudgets({ pool: db.pool }),
    connection: () => Promise.reject(new NodeError("permanent", "no_connection", "this test has no connections")),
    send,
    ...outside(db.pool),
    vars: { baseUrl: "http://sluice.test" },
  };
}

/** An answer of a remote with a JSON body. */
export function answer(status: number, body: JsonValue, headers: Record<string, string> = {}): OutboundResponse {
  return { status, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body), durationMs: 1 };
}

/** Waits for a run's end, longer than any test takes. */
export async function untilEnd(engine: TestEngine, runId: string): Promise<RunAnswer> {
  for (;;) {
    // Asked at once: a run that has ended before anybody listened announces nothing any more.
    const ended = await engine.listener.look(runId, 30_000);
    if (!ended) throw new Error(`run ${runId} did not end`);
    if (ended.status === "succeeded" || ended.status === "failed" || ended.status === "canceled") return ended;
  }
}

async function saveDocument(engine: TestEngine, document: WorkflowDocument): Promise<SavedDocument> {
  const workflowId = newId();
  const documentId = newId();
  const text = JSON.stringify(document);
  await engine.db.pool.query("INSERT INTO workflow (id, workspace_id, name, draft) VALUES ($1, $2, $3, $4)", [
    workflowId,
    engine.workspaceId,
    workflowId,
    text,
  ]);
  await engine.db.pool.query("INSERT INTO workflow_document (id, workspace_id, workflow_id, hash, document) VALUES ($1, $2, $3, $4, $5)", [
    documentId,
    engine.workspaceId,
    workflowId,
    documentId,
    text,
  ]);
  return { workflowId, documentId, document, triggerNodeId: document.nodes[0]?.id ?? "" };
}

function acceptance(engine: TestEngine, saved: SavedDocument, body: JsonValue, options: AcceptOptions) {
  const arriving = {
    settings: saved.document.settings,
    trigger: () => ({ body }),
    mode: options.mode ?? ("live" as const),
    now: Date.now(),
  };
  return {
    workspaceId: options.workspaceId ?? engine.workspaceId,
    workflowId: saved.workflowId,
    documentId: saved.documentId,
    version: 1,
    mode: arriving.mode,
    triggerId: null,
    triggerType: options.triggerType ?? "manual",
    triggerNodeId: saved.triggerNodeId,
    data: JSON.stringify({ body }),
    dedupe: options.dedupeKey === undefined ? null : { key: options.dedupeKey, bodyHash: Buffer.from(JSON.stringify(body)), ttlMs: 60_000 },
    runDeadlineMs: 3_600_000,
    replayOf: null,
    keys: options.keys,
    priority: options.priority ?? 0,
    gate: gateOf(arriving),
    attributes: attributesOf(arriving),
    arrival: options.keys ? null : arrivalOf(arriving),
  };
}
