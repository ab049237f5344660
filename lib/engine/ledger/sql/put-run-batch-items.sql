UPDATE run_batch_item i SET state = t.state, reason = t.reason, new_run_id = t.new_run_id
FROM unnest($2::int[], $3::text[], $4::text[], $5::uuid[]) AS t (position, state, reason, new_run_id)
WHERE i.batch_id = $1 AND i.position = t.position
