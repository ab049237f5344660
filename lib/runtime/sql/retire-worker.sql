UPDATE worker SET stopped_at = clock_timestamp(), draining = true WHERE id = $1 AND stopped_at IS NULL
