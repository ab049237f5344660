-- What became of the items under way is read off the items of the inbox: nothing on the path of a run knows of bulk redrives.
WITH settled AS (
  UPDATE redrive_item i SET state = CASE WHEN l.status = 'resolved' THEN 'succeeded' ELSE 'failed' END
  FROM dead_letter l
  WHERE i.redrive_id = $1 AND i.state = 'running' AND l.id = i.dead_letter_id AND l.status <> 'redriving'
  RETURNING i.position
)
SELECT count(*)::int AS settled FROM settled
