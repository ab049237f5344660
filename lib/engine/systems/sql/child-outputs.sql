SELECT s.node_id, s.port, coalesce(s.output, p.body) AS output FROM step s LEFT JOIN payload p ON p.id = s.output_ref
WHERE s.run_id = $1 AND s.workspace_id = $2 AND s.iteration = '' AND s.status IN ('succeeded', 'deduplicated')
