/** What of `run r` (and `workflow w`) a bulk act passes over, as SQL: null where it can be done. `$1` is the action, `$2` the version. */
export const obstacleSql = `CASE
  WHEN $1 = 'cancel' AND r.status IN ('succeeded', 'failed', 'canceled') THEN 'it has ended already'
  WHEN $1 = 'replay' AND r.status NOT IN ('succeeded', 'failed', 'canceled') THEN 'it has not ended yet'
  WHEN $1 = 'replay' AND $2 = 'live' AND w.live_version IS NULL THEN 'nothing of its workflow is live'
  END`;
