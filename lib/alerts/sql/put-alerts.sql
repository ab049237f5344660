-- Marks news as looked at and writes the alerts that rules made of it, with the jobs that send them: all or nothing. Done twice it
-- writes nothing twice. What a muted rule or a channel that is off would have sent stands in the log as suppressed.
WITH routed AS (
  UPDATE issue_notification n SET routed_at = clock_timestamp()
  FROM unnest($1::uuid[], $2::int[], $3::text[]) AS t (issue_id, episode, kind)
  WHERE n.issue_id = t.issue_id AND n.episode = t.episode AND n.kind = t.kind
),
put AS (
  INSERT INTO alert (id, workspace_id, rule_id, channel_id, issue_id, episode, kind, state, answer)
  SELECT t.id, t.workspace_id, t.rule_id, c.id, t.issue_id, t.episode, t.kind,
    CASE WHEN t.muted IS NOT NULL OR NOT c.enabled THEN 'suppressed' ELSE 'pending' END,
    coalesce(t.muted, CASE WHEN NOT c.enabled THEN 'the channel was off' END)
  FROM unnest($4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[], $8::uuid[], $9::int[], $10::text[], $11::text[])
    AS t (id, workspace_id, rule_id, channel_id, issue_id, episode, kind, muted)
  JOIN alert_channel c ON c.id = t.channel_id AND c.workspace_id = t.workspace_id AND c.removed_at IS NULL
  ON CONFLICT DO NOTHING
  RETURNING workspace_id, channel_id, state
)
SELECT pg_notify('sluice_run', json_build_object('w', workspace_id, 'k', 'alert', 'i', json_build_array(channel_id))::text),
  CASE WHEN bool_or(state = 'pending')
    THEN (graphile_worker.add_job('send-alerts', json_build_object('channelId', channel_id), job_key => 'alerts:' || channel_id)).id END
FROM put GROUP BY workspace_id, channel_id
