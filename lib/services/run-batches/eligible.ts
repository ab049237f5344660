/** What of `run r` (and `workflow w`) a bulk act passes over, as SQL: null where it can be done. `$1` is the action, `$2` the version. */
export const obstacleSql = `CASE
  WHEN $1 = 'cancel' AND r.status IN ('succeeded', 'failed', 'canceled') THEN 'it has ended already'
  WHEN $1 = 'move' AND r.status NOT IN ('queued', 'running', 'waiting') THEN 'it has ended already'
  WHEN $1 = 'move' AND w.live_version IS NULL THEN 'nothing of its workflow is live'
  WHEN $1 = 'move' AND r.mode = 'test' THEN 'it is a test'
  WHEN $1 = 'move' AND r.version = w.live_version THEN 'it runs by the live version already'
  WHEN $1 = 'move' AND r.undo_at IS NOT NULL THEN 'what it did is being undone'
  WHEN $1 = 'replay' AND r.status NOT IN ('succeeded', 'failed', 'canceled') THEN 'it has not ended yet'
  WHEN $1 = 'replay' AND $2 = 'live' AND w.live_version IS NULL THEN 'nothing of its workflow is live'
  END`;
