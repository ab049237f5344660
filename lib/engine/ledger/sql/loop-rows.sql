-- What the iterations of a loop came to: the outputs of the steps that may have been the last, and the failures.
SELECT s.node_id, s.iteration, s.status = 'failed' AS failed, s.port,
  CASE WHEN s.status <> 'failed' THEN coalesce(s.output, p.body) END AS output, s.error
FROM step s LEFT JOIN payload p ON p.id = s.output_ref
WHERE s.run_id = $1 AND starts_with(s.iteration, $2) AND s.iteration <> '' AND s.node_id = ANY ($3::text[])
  AND (s.status = 'failed' OR (s.status IN ('succeeded', 'deduplicated') AND s.node_id = ANY ($4::text[])))
