SELECT node_id, iteration, loop_pace FROM step WHERE run_id = $1 AND loop_pace IS NOT NULL
