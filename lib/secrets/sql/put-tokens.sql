-- Stores a new token in place of the credential ($3) it was asked for with, unless that has been replaced since.
WITH owner AS (
  UPDATE connection SET refresh_lease_until = NULL WHERE id = $1 AND workspace_id = $2 AND $3 = coalesce((
    SELECT string_agg(field || ':' || version, ',' ORDER BY field COLLATE "C") FROM (
      SELECT field, max(version) AS version FROM secret WHERE connection_id = $1 GROUP BY field) s), '')
  RETURNING id
),
token AS (
  SELECT t.* FROM unnest($4::text[], $5::int[], $6::bytea[], $7::text[], $8::float8[]) AS t (field, version, sealed, hint, lives_ms)
),
put AS (
  INSERT INTO secret (connection_id, field, version, workspace_id, sealed, hint, valid_until)
  SELECT o.id, t.field, t.version, $2, t.sealed, t.hint, clock_timestamp() + t.lives_ms * interval '1 millisecond' FROM owner o, token t
  ON CONFLICT DO NOTHING
  RETURNING field, version
),
gone AS (
  DELETE FROM secret s USING put p WHERE s.connection_id = $1 AND s.field = p.field AND s.version < p.version
)
SELECT count(*)::int AS stored FROM put
