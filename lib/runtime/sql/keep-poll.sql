-- For one more call. No row: another has taken over, or the cursor was set anew.
UPDATE poll_state SET leased_until = clock_timestamp() + $3 * interval '1 millisecond' WHERE trigger_id = $1 AND fence = $2
