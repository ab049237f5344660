SELECT release_due_arrival($1) AS released
