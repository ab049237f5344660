-- Only whoever finds the due time still standing moves it on.
UPDATE workflow_trigger SET next_fire_at = to_timestamp($3::float8 / 1000) WHERE id = $1 AND next_fire_at <= to_timestamp($2::float8 / 1000)
