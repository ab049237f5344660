-- What came of an attempt: the alerts of its message ($2) are sent, failed, or tried again in $4 ms; the channel keeps how it fares, waits
-- ($6 ms), or is turned off ($7 says why), and then nothing that waits for it goes out any more.
WITH put AS (
  UPDATE alert SET state = $3, answer = $5, next_at = clock_timestamp() + $4::int * interval '1 millisecond',
    sent_at = CASE WHEN $3 = 'sent' THEN clock_timestamp() END
  WHERE channel_id = $1 AND message_id = $2 AND state = 'pending'
),
dropped AS (
  UPDATE alert SET state = 'suppressed', answer = 'the channel was turned off'
  WHERE $7::text IS NOT NULL AND channel_id = $1 AND state = 'pending' AND message_id IS DISTINCT FROM $2
),
channel AS (
  UPDATE alert_channel SET
    last_success_at = CASE WHEN $3 = 'sent' THEN clock_timestamp() ELSE last_success_at END,
    last_failure_at = CASE WHEN $3 = 'sent' THEN last_failure_at ELSE clock_timestamp() END,
    failing_since = CASE WHEN $3 = 'sent' THEN NULL ELSE coalesce(failing_since, clock_timestamp()) END,
    last_answer = $5,
    resume_at = CASE WHEN $6::int IS NULL THEN resume_at ELSE clock_timestamp() + $6::int * interval '1 millisecond' END,
    enabled = enabled AND $7::text IS NULL,
    disabled_reason = coalesce($7, disabled_reason)
  WHERE id = $1
  RETURNING id, workspace_id
)
SELECT pg_notify('sluice_run', json_build_object('w', workspace_id, 'k', 'alert', 'i', json_build_array(id))::text) FROM channel
