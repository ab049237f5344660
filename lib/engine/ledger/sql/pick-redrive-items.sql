-- The next items, in their order, with what the inbox says of them now: it may have changed since they were chosen. Discarding and
-- bringing back say themselves what they could not do.
SELECT i.position, i.dead_letter_id,
  CASE
    WHEN $3 <> 'redrive' THEN NULL
    WHEN l.status IN ('resolved', 'discarded') THEN 'no longer open'
    WHEN l.status = 'redriving' THEN 'being redriven already'
    WHEN l.kind = 'unknown_outcome' THEN 'its outcome is unknown: decide it'
    WHEN r.id IS NULL THEN 'its run is not kept any more'
  END AS obstacle
FROM redrive_item i JOIN dead_letter l ON l.id = i.dead_letter_id LEFT JOIN run r ON r.id = l.run_id
WHERE i.redrive_id = $1 AND i.state = 'waiting'
ORDER BY i.position LIMIT $2
