-- A step that waited for the first of its key and now has its turn, or the first one's result, waits no longer.
DELETE FROM idempotency_waiter WHERE scope = $1 AND key_hash = $2 AND step_id = $3
