-- What is known of the keys after a batch, and the timers of the runs that gather. Repeats of an event that made no run of its
-- own are told the run that took it in or stands for it.
WITH row_put AS (
  UPDATE arrival a SET run_id = t.run_id, due_at = to_timestamp(t.due_ms / 1000), state = t.state, expires_at = to_timestamp(t.expires_ms / 1000)
  FROM unnest($1::uuid[], $2::text[], $3::bytea[], $4::uuid[], $5::float8[], $6::text[], $7::float8[])
    AS t (workflow_id, control, key_hash, run_id, due_ms, state, expires_ms)
  WHERE a.workflow_id = t.workflow_id AND a.control = t.control AND a.key_hash = t.key_hash
),
item_put AS (
  INSERT INTO arrival_item (run_id, event_id, place) SELECT * FROM unnest($8::uuid[], $9::uuid[], $10::int[])
),
owner_put AS (
  UPDATE event_dedup d SET run_id = t.run_id FROM unnest($11::uuid[], $12::bytea[], $13::uuid[]) AS t (trigger_id, key_hash, run_id)
  WHERE d.trigger_id = t.trigger_id AND d.key_hash = t.key_hash
)
SELECT arm_arrivals(array_agg(run_id), array_agg(to_timestamp(due_ms / 1000)))
FROM unnest($4::uuid[], $5::float8[]) AS t (run_id, due_ms) WHERE due_ms IS NOT NULL
