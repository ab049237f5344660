-- Only whoever finds the due time still standing moves it on. What held before a change is forgotten once it is caught up with.
UPDATE workflow_trigger SET next_fire_at = to_timestamp($3::float8 / 1000),
  earlier_schedules = CASE WHEN $3::float8 <= $2::float8 THEN earlier_schedules END
WHERE id = $1 AND next_fire_at <= to_timestamp($2::float8 / 1000)
