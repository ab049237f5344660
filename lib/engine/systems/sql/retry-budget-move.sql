SELECT no, go, extract(epoch FROM due)::float8 * 1000 AS due_ms FROM retry_budget_move($1::jsonb, $2::jsonb)
