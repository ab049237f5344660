import type { SavedDocument, TestEngine } from "./testing.ts";

/** Makes ids as the product does, in SQL: they begin with a time, the rest is chance. */
const idAt = (time: string) => `(left(uuid_at(${time})::text, 14) || '7' || right(gen_random_uuid()::text, 21))::uuid`;

/**
 * Many dead letters of one cause at once, as the engine would have written them: events, runs, failed steps of the node `call`, and
 * their items, the first one the oldest. `call` is an http-request whose body holds the number.
 */
export async function insertDeadLetters(engine: TestEngine, saved: SavedDocument, count: number): Promise<{ issueId: string }> {
  const { rows } = await engine.db.pool.query<{ issue_id: string }>(
    `WITH made AS (
      SELECT n, ${idAt("at")} AS run_id, ${idAt("at")} AS event_id, ${idAt("at")} AS step_id, ${idAt("at")} AS letter_id, at
      FROM (SELECT n, clock_timestamp() - interval '1 day' + n * interval '10 ms' AS at FROM generate_series(1, $4::int) AS n) t
    ),
    error AS (SELECT '{"class":"permanent","code":"http_404","message":"answered 404","details":null}'::text AS text),
    events AS (
      INSERT INTO event (id, workspace_id, workflow_id, outcome, run_id, data, size)
      SELECT event_id, $1, $2, 'accepted', run_id, json_build_object('body', json_build_object('n', n))::text, 20 FROM made
    ),
    runs AS (
      INSERT INTO run (id, workspace_id, workflow_id, document_id, version, status, trigger_type, trigger_node_id, event_id, created_at,
        started_at, finished_at, deadline_at, error)
      SELECT run_id, $1, $2, $3, 1, 'failed', 'manual', 'start', event_id, at, at, at, at + interval '1 hour', error.text FROM made, error
    ),
    starts AS (
      INSERT INTO step (run_id, node_id, id, workspace_id, status, port, created_at)
      SELECT run_id, 'start', ${idAt("at")}, $1, 'succeeded', 'out', at FROM made
    ),
    calls AS (
      INSERT INTO step (run_id, node_id, id, workspace_id, status, effect, input, error, attempts, created_at)
      SELECT run_id, 'call', step_id, $1, 'failed', 'keyed',
        json_build_object('method', 'POST', 'url', 'https://api.test/call', 'query', '{}'::json, 'headers', '{}'::json, 'body', json_build_object('n', n), 'bodyType', 'json')::text,
        error.text, 1, at
      FROM made, error
    ),
    cause AS (
      INSERT INTO issue (id, workspace_id, workflow_id, node_id, type, fingerprint, title, count, first_seen_at, last_seen_at, opened_at)
      SELECT ${idAt("now()")}, $1, $2, 'call', 'permanent', $2::text, 'answered 404', $4, min(at), max(at), min(at) FROM made
      RETURNING id
    ),
    letters AS (
      INSERT INTO dead_letter (id, workspace_id, issue_id, workflow_id, version, run_id, step_id, node_id, kind, class, error, input, event_at, dead_at)
      SELECT letter_id, $1, cause.id, $2, 1, run_id, step_id, 'call', 'permanent', 'permanent', error.text, '{}', at, at FROM made, error, cause
    )
    SELECT id AS issue_id FROM cause`,
    [engine.workspaceId, saved.workflowId, saved.documentId, count],
  );
  return { issueId: rows[0]?.issue_id ?? "" };
}
