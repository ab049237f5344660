SELECT admit_runs($1) AS admitted
