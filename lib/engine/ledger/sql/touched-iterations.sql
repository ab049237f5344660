-- Iterations of a run in which a person put a step back to its start, or said what became of it.
SELECT iteration, bool_or(status = 'redriving') AS redriven FROM dead_letter
WHERE run_id = $1 AND iteration <> '' AND status IN ('redriving', 'resolved')
GROUP BY iteration
