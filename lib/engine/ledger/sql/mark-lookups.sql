-- Attempts that only asked. Rare, so a statement of its own after the attempts were written.
UPDATE attempt a SET kind = 'lookup'
FROM unnest($1::uuid[], $2::uuid[], $3::int[]) AS t (run_id, step_id, no)
WHERE a.run_id = t.run_id AND a.step_id = t.step_id AND a.no = t.no
