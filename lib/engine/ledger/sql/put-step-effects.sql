-- What is known of the calls of a step besides its attempts. Rare, so a statement of its own after the steps were written.
-- An action that can be undone gets its place among those of its run when it is first sent, and keeps it.
UPDATE step s SET unsettled = t.unsettled, key_generation = t.key_generation,
  undo_seq = CASE WHEN t.undoable THEN coalesce(s.undo_seq, (SELECT coalesce(max(o.undo_seq), 0) + 1 FROM step o WHERE o.run_id = s.run_id)) ELSE s.undo_seq END
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::int[], $6::boolean[]) AS t (run_id, node_id, iteration, unsettled, key_generation, undoable)
WHERE s.run_id = t.run_id AND s.node_id = t.node_id AND s.iteration = t.iteration
