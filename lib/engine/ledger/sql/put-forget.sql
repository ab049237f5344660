-- Not at once: whoever waits for the run, or watches it, shall find what it gave.
INSERT INTO run_forget (run_id, whole, due_at)
SELECT id, whole, clock_timestamp() + interval '10 minutes' FROM unnest($1::uuid[], $2::boolean[]) AS t (id, whole)
ON CONFLICT (run_id) DO UPDATE SET whole = excluded.whole, due_at = excluded.due_at
