SELECT release_arrivals($1::uuid[]), (SELECT count(graphile_worker.remove_job('arrival:' || r)) FROM unnest($1::uuid[]) AS t (r)) AS timers
