-- Issues and their items as if they had come in over the last days: each issue began some hours ago, and went on until some minutes ago.
-- Ids tell times, too: arrivals are counted by them.
-- $1 workspace.
WITH placed AS (
  SELECT id, now() - make_interval(hours => 5 * row_number() OVER (ORDER BY id DESC)::int) AS began,
    now() - make_interval(mins => 23 * row_number() OVER (ORDER BY id DESC)::int - 11) AS ended
  FROM issue WHERE workspace_id = $1
),
issues AS (
  UPDATE issue SET first_seen_at = began, opened_at = began, last_seen_at = ended FROM placed WHERE issue.id = placed.id
)
UPDATE dead_letter SET id = (left(uuid_at(at)::text, 14) || right(dead_letter.id::text, 22))::uuid, dead_at = at, event_at = at - interval '3 seconds'
FROM (
  SELECT d.id, began + (ended - began) * (row_number() OVER w)::float / (count(*) OVER (PARTITION BY d.issue_id)) AS at
  FROM dead_letter d JOIN placed ON placed.id = d.issue_id
  WINDOW w AS (PARTITION BY d.issue_id ORDER BY d.id)
) AS moved
WHERE dead_letter.id = moved.id
