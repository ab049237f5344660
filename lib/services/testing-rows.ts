import type { Db } from "#lib/db/db.ts";
import type { WorkflowDocument } from "#lib/graph/document.ts";
import { documentSchema } from "#lib/graph/document.ts";
import { derivedId, newId } from "#lib/shared/ids.ts";
import type { RunStatus } from "#lib/shared/statuses.ts";

/** A document that can be published: a manual trigger and a call. */
export const smallDocument: WorkflowDocument = documentSchema.parse({
  schemaVersion: 1,
  nodes: [
    { id: "start", type: "manual", name: "Start" },
    {
      id: "call",
      type: "http-request",
      name: "Call the API",
      position: { x: 300, y: 0 },
      config: { method: "GET", url: "https://api.example.com/things" },
      notes: "Ring the API team.",
    },
  ],
  edges: [{ id: "e1", source: "start", target: "call" }],
});

/** The same, started by a webhook. */
export const webhookDocument: WorkflowDocument = documentSchema.parse({
  ...smallDocument,
  nodes: [{ id: "start", type: "webhook", name: "Hook" }, ...smallDocument.nodes.slice(1)],
});

export interface FailedRun {
  runId: string;
  stepId: string;
  eventId: string;
  issueId: string;
  deadLetterId: string;
}

interface FailedRunOptions {
  workspaceId: string;
  workflowId: string;
  documentId: string;
  status?: RunStatus;
  fingerprint?: string;
  kind?: string;
}

const callError = { class: "permanent", code: "http_404", message: "the API answered 404", details: null };

/** Writes what the engine writes when the step `call` of a run fails for good: run, event, step, two attempts, issue, dead letter. */
export async function insertFailedRun(db: Db, options: FailedRunOptions): Promise<FailedRun> {
  const ids = { runId: newId(), stepId: newId(), eventId: newId(), issueId: newId(), deadLetterId: newId() };
  const { workspaceId, workflowId, documentId } = options;
  const run = (sql: string, values: unknown[]) => db.pool.query(sql, values);
  await run(
    "INSERT INTO event (id, workspace_id, workflow_id, outcome, dedupe_key, run_id, data, size) VALUES ($1, $2, $3, 'accepted', $4, $5, $6, 20)",
    [ids.eventId, workspaceId, workflowId, `delivery-${ids.eventId}`, ids.runId, '{"body":{"id":7}}'],
  );
  await run(
    `INSERT INTO event_dedup (trigger_id, key_hash, run_id, event_id, body_hash, expires_at)
     VALUES ($1, sha256(convert_to($2, 'UTF8')), $3, $4, '', now() + interval '1 day')`,
    [workflowId, `delivery-${ids.eventId}`, ids.runId, ids.eventId],
  );
  await run(
    `INSERT INTO run (id, workspace_id, workflow_id, document_id, version, status, trigger_type, trigger_node_id, event_id, retried,
       started_at, finished_at, deadline_at, error)
     VALUES ($1, $2, $3, $4, 1, $5, 'manual', 'start', $6, true, now(), now() + interval '2 seconds', now() + interval '1 day', $7)`,
    [
      ids.runId,
      workspaceId,
      workflowId,
      documentId,
      options.status ?? "failed",
      ids.eventId,
      JSON.stringify({ ...callError, nodeId: "call" }),
    ],
  );
  await run(
    `INSERT INTO step (run_id, node_id, id, workspace_id, status, effect, input, error, attempts, idempotency_key, created_at, started_at, finished_at)
     VALUES ($1, 'call', $2, $3, 'failed', 'read', '{"url":"x"}', $4, 2, $5, now(), now(), now())`,
    [ids.runId, ids.stepId, workspaceId, JSON.stringify(callError), `key-${ids.stepId}`],
  );
  for (const no of [1, 2]) {
    await run(
      `INSERT INTO attempt (run_id, step_id, no, workspace_id, fence, worker_id, state, class, http_status, request, response, error, created_at, ended_at)
       VALUES ($1, $2, $3, $4, 1, $5, 'failed', 'permanent', 404, $6, $7, $8, now(), now())`,
      [
        ids.runId,
        ids.stepId,
        no,
        workspaceId,
        newId(),
        JSON.stringify({ method: "GET", url: "https://api.example.com/things", headers: { authorization: "••••" }, body: null }),
        JSON.stringify({ status: 404, headers: {}, body: "no", sizeBytes: 2, durationMs: 12 }),
        JSON.stringify(callError),
      ],
    );
  }
  const issue = await db.pool.query<{ id: string }>(
    `INSERT INTO issue (id, workspace_id, workflow_id, node_id, type, fingerprint, title, count, first_seen_at, last_seen_at, opened_at)
     VALUES ($1, $2, $3, 'call', 'permanent', $4, 'Call the API: the API answered 404', 1, now(), now(), now())
     ON CONFLICT (workspace_id, fingerprint) DO UPDATE SET count = issue.count + 1, last_seen_at = now() RETURNING id`,
    [ids.issueId, workspaceId, workflowId, options.fingerprint ?? "one cause"],
  );
  const issueId = issue.rows[0]?.id ?? ids.issueId;
  await run(
    `INSERT INTO dead_letter (id, workspace_id, issue_id, workflow_id, version, run_id, step_id, node_id, kind, class, error, input, event_at, dead_at)
     VALUES ($1, $2, $3, $4, 1, $5, $6, 'call', $7, 'permanent', $8, '{"url":"x"}', now(), now())`,
    [ids.deadLetterId, workspaceId, issueId, workflowId, ids.runId, ids.stepId, options.kind ?? "permanent", JSON.stringify(callError)],
  );
  return { runId: ids.runId, stepId: ids.stepId, eventId: ids.eventId, deadLetterId: ids.deadLetterId, issueId };
}

/** Writes what the engine writes when a step asks people to decide: event, run, step and the question. Gives its id. */
export async function insertApproval(
  db: Db,
  options: { workspaceId: string; workflowId: string; documentId: string; assignees?: string[]; message?: string },
): Promise<string> {
  const [runId, eventId] = [newId(), newId()];
  const stepId = derivedId(runId, "ask", "");
  const { workspaceId, workflowId, documentId, assignees = [], message = "Pay the invoice?" } = options;
  const run = (sql: string, values: unknown[]) => db.pool.query(sql, values);
  await run("INSERT INTO event (id, workspace_id, workflow_id, outcome, run_id, data, size) VALUES ($1, $2, $3, 'accepted', $4, '{}', 2)", [
    eventId,
    workspaceId,
    workflowId,
    runId,
  ]);
  await run(
    `INSERT INTO run (id, workspace_id, workflow_id, document_id, version, status, trigger_type, trigger_node_id, event_id, started_at, deadline_at)
     VALUES ($1, $2, $3, $4, 1, 'waiting', 'manual', 'start', $5, now(), now() + interval '1 day')`,
    [runId, workspaceId, workflowId, documentId, eventId],
  );
  await run(
    `INSERT INTO step (run_id, node_id, id, workspace_id, status, wait_reason, wake_at, input, created_at, started_at)
     VALUES ($1, 'ask', $2, $3, 'waiting', 'approval', now() + interval '1 day', $4, now(), now())`,
    [runId, stepId, workspaceId, JSON.stringify({ message, assignees })],
  );
  await run(
    `INSERT INTO approval (id, workspace_id, workflow_id, run_id, node_id, message, assignees, requested_at, expires_at)
     VALUES ($1, $2, $3, $4, 'ask', $5, $6, clock_timestamp(), now() + interval '1 day')`,
    [stepId, workspaceId, workflowId, runId, message, assignees],
  );
  return stepId;
}
