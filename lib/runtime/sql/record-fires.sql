INSERT INTO schedule_fire (trigger_id, scheduled_for, run_id, outcome)
SELECT $1, to_timestamp(at / 1000), run_id, outcome FROM unnest($2::float8[], $3::uuid[], $4::text[]) AS t (at, run_id, outcome)
ON CONFLICT (trigger_id, scheduled_for) DO NOTHING
RETURNING (extract(epoch FROM scheduled_for) * 1000)::float8 AS at, outcome
