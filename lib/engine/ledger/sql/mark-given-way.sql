-- The events of runs that gave way to newer ones say so.
UPDATE event SET reason = 'newer_event' WHERE id IN (SELECT event_id FROM run WHERE id = ANY ($1::uuid[])) AND outcome = 'accepted'
