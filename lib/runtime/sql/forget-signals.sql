-- Signals, approvals and attributes go with their run. They are no partitions of it, for they may come before its step is reached; and a
-- run's id begins with its time, so that only those of weeks past retention are looked at.
WITH signals AS (
  DELETE FROM signal s WHERE s.run_id < uuid_at(now() - $1::int * interval '1 day') AND NOT EXISTS (SELECT FROM run r WHERE r.id = s.run_id)
),
attributes AS (
  DELETE FROM run_attr a WHERE a.run_id < uuid_at(now() - $1::int * interval '1 day') AND NOT EXISTS (SELECT FROM run r WHERE r.id = a.run_id)
)
DELETE FROM approval a WHERE a.run_id < uuid_at(now() - $1::int * interval '1 day') AND NOT EXISTS (SELECT FROM run r WHERE r.id = a.run_id)
