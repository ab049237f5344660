-- What runs are found by, in the transaction that stores them. A run that gathers events may be given those of a newer one.
INSERT INTO run_attr (run_id, name, workspace_id, type, text_value, number_value, time_value, problem)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::float8[], $7::timestamptz[], $8::text[])
ON CONFLICT (run_id, name) DO UPDATE SET type = excluded.type, text_value = excluded.text_value, number_value = excluded.number_value,
  time_value = excluded.time_value, problem = excluded.problem
