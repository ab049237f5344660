-- Retention is dropping whole weeks. A week stays, whatever its age, while a run of it has not ended or a dead letter of it
-- waits for a person. Returns the weeks that were dropped.
CREATE FUNCTION drop_partitions(older_than timestamptz) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE week text; week_start timestamptz; parent text; kept boolean;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('sluice.ensure_partitions'));
  -- Dropping a partition locks its parent; those who write must not queue behind us for long.
  SET LOCAL lock_timeout = '2s';
  FOR week IN
    SELECT substr(c.relname, 5) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'run'::regclass AND c.relname ~ '^run_\d{4}w\d{2}$' ORDER BY 1
  LOOP
    week_start := to_date(week, 'IYYY"w"IW')::timestamp AT TIME ZONE 'UTC';
    CONTINUE WHEN week_start + interval '7 days' > older_than;
    SELECT EXISTS (SELECT FROM run WHERE id >= uuid_at(week_start) AND id < uuid_at(week_start + interval '7 days')
        AND status IN ('queued', 'running', 'waiting'))
      OR EXISTS (SELECT FROM dead_letter WHERE run_id >= uuid_at(week_start) AND run_id < uuid_at(week_start + interval '7 days')
        AND status IN ('open', 'redriving')) INTO kept;
    CONTINUE WHEN kept;
    FOREACH parent IN ARRAY ARRAY['attempt', 'step', 'run', 'event', 'payload'] LOOP
      EXECUTE format('DROP TABLE IF EXISTS %I', parent || '_' || week);
    END LOOP;
    RETURN NEXT week;
  END LOOP;
END $$;
