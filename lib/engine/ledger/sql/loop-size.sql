-- How much the results of a loop's iterations are together, without reading them.
SELECT coalesce(sum(coalesce(p.size, octet_length(s.output))), 0)::float8 AS bytes
FROM step s LEFT JOIN payload p ON p.id = s.output_ref
WHERE s.run_id = $1 AND starts_with(s.iteration, $2) AND s.iteration <> '' AND s.node_id = ANY ($3::text[])
  AND s.status IN ('succeeded', 'deduplicated')
