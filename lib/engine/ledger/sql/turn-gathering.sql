-- The last event wins: runs that gather are of it from now on, as if it had come alone, and those before it are superseded ($9).
WITH newer AS (
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[], $5::uuid[], $6::text[], $7::text[], $8::text[])
    AS t (run_id, event_id, document_id, version, trigger_id, trigger_type, trigger_node_id, order_key)
),
run_put AS (
  UPDATE run r SET event_id = n.event_id, document_id = n.document_id, version = n.version, trigger_id = n.trigger_id,
    trigger_type = n.trigger_type, trigger_node_id = n.trigger_node_id
  FROM newer n WHERE r.id = n.run_id
),
gate_put AS (
  UPDATE run_gate g SET order_key = n.order_key FROM newer n WHERE g.run_id = n.run_id
)
UPDATE event SET outcome = 'superseded', reason = 'debounce' WHERE id = ANY ($9::uuid[])
