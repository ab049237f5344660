-- A step that is redriven waits anew: that it once went on without an answer is forgotten. An answer is not.
DELETE FROM signal WHERE step_id = $1 AND kind IN ('poll', 'timeout')
