-- A key is applied once, whatever web process gets the repeat.
CREATE UNIQUE INDEX sandbox_effect_key_idx ON sandbox_effect (target_id, idempotency_key) WHERE idempotency_key IS NOT NULL;

-- Calls are counted for ever; a target's settings (fail the first three, say) count from when they were last put.
-- `recent_ms` are the times, in Unix ms of the database, of the calls a rate-limited target let through in its window.
ALTER TABLE sandbox_target
  ADD COLUMN configured_at_call int NOT NULL DEFAULT 0,
  ADD COLUMN recent_ms bigint[] NOT NULL DEFAULT '{}';

-- Every call updates its target.
ALTER TABLE sandbox_target SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
