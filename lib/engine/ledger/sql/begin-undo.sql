-- From now on the run goes backward only: a redrive must not meet what is half undone.
UPDATE run SET undo_at = coalesce(undo_at, clock_timestamp()) WHERE id = ANY ($1::uuid[])
