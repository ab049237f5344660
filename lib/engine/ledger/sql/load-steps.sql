-- The steps of resumed runs in some iterations, each with the state of its last attempt and its open dead letter.
SELECT s.run_id, s.id, s.node_id, s.iteration, s.status, s.wait_reason, s.port, s.effect, s.error, s.attempts, s.attempts_base,
  s.throttled_attempts, s.lost_count, s.idempotency_key, s.unsettled, s.key_generation, s.undo_seq,
  coalesce(s.input, pi.body) AS input, coalesce(s.output, po.body) AS output, s.input_ref, s.output_ref,
  (extract(epoch FROM s.wake_at) * 1000)::float8 AS wake_at_ms, (extract(epoch FROM s.created_at) * 1000)::float8 AS created_at_ms,
  (extract(epoch FROM s.started_at) * 1000)::float8 AS started_at_ms, (extract(epoch FROM s.finished_at) * 1000)::float8 AS finished_at_ms,
  (extract(epoch FROM s.deadline_at) * 1000)::float8 AS deadline_at_ms,
  a.state AS attempt_state, a.no AS attempt_no, (extract(epoch FROM a.created_at) * 1000)::float8 AS attempt_created_at_ms,
  (extract(epoch FROM a.sent_at) * 1000)::float8 AS attempt_sent_at_ms, l.id AS dead_letter_id
FROM step s
LEFT JOIN payload pi ON pi.id = s.input_ref
LEFT JOIN payload po ON po.id = s.output_ref
LEFT JOIN attempt a ON a.run_id = s.run_id AND a.step_id = s.id AND a.no = s.attempts AND s.status = 'running'
LEFT JOIN dead_letter l ON l.step_id = s.id AND l.status IN ('open', 'redriving')
WHERE s.run_id = ANY ($1::uuid[]) AND s.iteration = ANY ($2::text[])
