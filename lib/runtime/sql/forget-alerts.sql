DELETE FROM alert WHERE created_at < now() - interval '1 year' AND state <> 'pending'
