-- What runs have done, so far as it decides whether they can go on by another version: of loops a line for each node, however many items.
SELECT s.run_id, s.node_id, false AS inside, s.status, s.port, s.attempts > 0 AS called, s.undo_seq IS NOT NULL AS undoable, false AS open
FROM step s WHERE s.run_id = ANY ($1::uuid[]) AND s.iteration = ''
UNION ALL
SELECT s.run_id, s.node_id, true, NULL, NULL, bool_or(s.attempts > 0), bool_or(s.undo_seq IS NOT NULL),
  bool_or(s.status NOT IN ('succeeded', 'skipped', 'deduplicated'))
FROM step s WHERE s.run_id = ANY ($1::uuid[]) AND s.iteration <> '' AND s.iteration NOT LIKE '%~undo'
GROUP BY s.run_id, s.node_id
