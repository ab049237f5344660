SELECT id, status, answer, error FROM run
WHERE id = ANY ($1::uuid[]) AND (answer IS NOT NULL OR status IN ('succeeded', 'failed', 'canceled'))
