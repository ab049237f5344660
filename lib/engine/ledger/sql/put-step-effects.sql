-- What is known of the calls of a step besides its attempts. Rare, so a statement of its own after the steps were written.
UPDATE step s SET unsettled = t.unsettled, key_generation = t.key_generation
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::int[]) AS t (run_id, node_id, iteration, unsettled, key_generation)
WHERE s.run_id = t.run_id AND s.node_id = t.node_id AND s.iteration = t.iteration
