SELECT id, message_id, issue_id, kind FROM alert
WHERE channel_id = $1 AND state = 'pending' AND next_at <= clock_timestamp() ORDER BY id LIMIT 2000
