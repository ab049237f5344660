-- Runs the database believes this worker holds. What the worker itself does not know of is a stray: the answer to its claim was
-- lost, or it let go of the run while the database was away.
SELECT id, fence FROM run WHERE worker_id = $1 AND status IN ('running', 'waiting') AND id <> ALL ($2::uuid[])
