-- Runs that were just stored are held for more events; what they are stored with is put right. A batch begins with an event of
-- its own, which gets what its events brought when it is let go, under the reference it has here.
WITH opened AS (
  SELECT * FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[]) AS t (run_id, order_key, batch_event, data_ref)
),
batch_event AS (
  UPDATE event e SET trigger_id = NULL, reason = 'batch', data_ref = o.data_ref FROM opened o WHERE e.id = o.batch_event
)
UPDATE run_gate g SET state = 'gathering', order_key = o.order_key FROM opened o WHERE g.run_id = o.run_id
