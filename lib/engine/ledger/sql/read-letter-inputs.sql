SELECT id, input FROM dead_letter WHERE id = ANY ($1::uuid[])
