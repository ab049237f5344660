-- The trigger was changed meanwhile: what was read counts for nothing, and the next turn begins with it as it is now.
UPDATE poll_state SET leased_until = NULL WHERE trigger_id = $1 AND fence = $2
