-- The record of a key within its scope, unless it is settled and past its life: then the key is as good as new.
SELECT state, owner_run, created_at, expires_at FROM idempotency_record
WHERE scope = $1 AND key_hash = $2 AND workspace_id = $3
  AND (expires_at > clock_timestamp() OR state NOT IN ('succeeded', 'failed_final', 'released'))
