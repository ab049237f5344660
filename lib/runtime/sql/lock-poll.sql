SELECT FROM poll_state WHERE trigger_id = $1 AND fence = $2 FOR UPDATE
