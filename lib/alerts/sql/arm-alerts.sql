-- The jobs that alerts need now. By their keys there is one of each, however many workers ask; a job that was lost is made anew.
SELECT (graphile_worker.add_job('route-alerts', job_key => 'route-alerts')).id
WHERE EXISTS (SELECT FROM issue_notification WHERE routed_at IS NULL)
UNION ALL
SELECT (graphile_worker.add_job('send-alerts', json_build_object('channelId', c.id), job_key => 'alerts:' || c.id)).id
FROM alert_channel c
WHERE c.enabled AND c.removed_at IS NULL AND (c.resume_at IS NULL OR c.resume_at <= clock_timestamp())
  AND EXISTS (SELECT FROM alert a WHERE a.channel_id = c.id AND a.state = 'pending' AND a.next_at <= clock_timestamp())
