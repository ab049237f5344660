-- Where the steps stand that are to be undone, and those that undo them.
SELECT DISTINCT iteration FROM step WHERE run_id = $1 AND (undo_seq IS NOT NULL OR iteration LIKE '%~undo')
