UPDATE redrive_item i SET state = t.state, reason = t.reason
FROM unnest($2::int[], $3::text[], $4::text[]) AS t (position, state, reason)
WHERE i.redrive_id = $1 AND i.position = t.position
