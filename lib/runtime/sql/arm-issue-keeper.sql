SELECT graphile_worker.add_job('keep-issues', run_at => date_trunc('minute', clock_timestamp()) + interval '1 minute', job_key => 'keep-issues')
