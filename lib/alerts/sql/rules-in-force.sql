SELECT id, workspace_id, workflow_ids, issue_types, critical_only, kinds, channel_ids, enabled,
  CASE WHEN muted_until > clock_timestamp() THEN 'muted by ' || coalesce(muted_by, 'somebody') || coalesce(': ' || nullif(mute_reason, ''), '') END AS muted
FROM alert_rule WHERE workspace_id = ANY ($1::uuid[]) AND removed_at IS NULL AND enabled
