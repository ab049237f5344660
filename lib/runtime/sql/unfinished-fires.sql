-- How many of a schedule's last runs have not ended, besides the one of the given time.
SELECT count(*)::int AS n FROM (
  SELECT run_id FROM schedule_fire WHERE trigger_id = $1 AND run_id IS NOT NULL AND scheduled_for <> to_timestamp($2::float8 / 1000)
  ORDER BY scheduled_for DESC LIMIT 50) f
JOIN run r ON r.id = f.run_id WHERE r.status IN ('queued', 'running', 'waiting')
