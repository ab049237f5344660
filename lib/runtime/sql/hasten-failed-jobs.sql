-- Advancing a run fails only where the database was away, which passes. graphile-worker would put the next try off ever longer: by seven
-- minutes after the sixth, by six hours after the tenth. Three tries are counted at most, so that it comes within half a minute.
UPDATE graphile_worker._private_jobs SET attempts = least(attempts, 3), run_at = least(run_at, now() + interval '5 seconds')
WHERE last_error IS NOT NULL AND attempts > 2 AND locked_at IS NULL AND run_at > now() + interval '20 seconds'
  AND task_id = (SELECT id FROM graphile_worker._private_tasks WHERE identifier = 'advance')
