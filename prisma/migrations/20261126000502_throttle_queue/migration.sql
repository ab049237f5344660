-- A call whose turn has come no longer counts everybody who waits behind it: with ten thousand parked calls that was most of
-- its cost. Who asks again after a grant it did not use holds no place while it waits. And who waits can be told that limits
-- have changed.

-- Decides calls under the same limits. The rows of their buckets are locked by the caller; p_before is how many calls of
-- the batch came before, so that no two newcomers get the same place in a queue.
CREATE OR REPLACE FUNCTION throttle_acquire_alike(p_request jsonb, p_grace interval, p_horizon interval, p_now timestamptz, p_before int)
RETURNS SETOF throttle_grant LANGUAGE plpgsql AS $$
DECLARE
  workspace uuid := p_request ->> 'workspaceId';
  lease interval := (p_request ->> 'leaseMs')::float8 * interval '1 millisecond';
  windows throttle_bucket[]; limits int[]; periods interval[];
  buckets uuid[]; paused timestamptz[];
  pools uuid[]; places int[]; taken int[];
  since timestamptz := p_now - p_horizon; -- who was to wake after it still counts: its time has not come
  slots uuid[];                           -- buckets, then pools
  newcomers boolean; -- only they have to know how many wait; whoever waits looks at those before it
  waiting int[]; lowest int[]; highest int[];
  call record;
  answer throttle_grant;
  due timestamptz; ahead int; slot int; changed boolean := false;
BEGIN
  SELECT array_agg(b ORDER BY b.bucket_id, b.period_ms),
      array_agg(throttle_level(b, r."limit", b.period_ms * interval '1 millisecond' + p_grace, p_now) ORDER BY b.bucket_id, b.period_ms),
      array_agg(b.period_ms * interval '1 millisecond' + p_grace ORDER BY b.bucket_id, b.period_ms)
    INTO windows, limits, periods
    FROM jsonb_to_recordset(p_request -> 'windows') AS r (bucket uuid, "perMs" bigint, "limit" int)
    JOIN throttle_bucket b ON b.bucket_id = r.bucket AND b.period_ms = r."perMs";
  SELECT array_agg(r.id ORDER BY r.no), array_agg(coalesce(b.blocked_until, '-infinity') ORDER BY r.no)
    INTO buckets, paused
    FROM (SELECT value::uuid AS id, no FROM jsonb_array_elements_text(p_request -> 'buckets') WITH ORDINALITY AS e (value, no)) r
    LEFT JOIN throttle_bucket b ON b.bucket_id = r.id AND b.period_ms = 0;
  SELECT array_agg(r.id ORDER BY r.id), array_agg(r."limit" ORDER BY r.id), array_agg((
      SELECT count(*)::int FROM concurrency_lease l WHERE l.pool_id = r.id AND l.lease_until > p_now
        AND NOT EXISTS (SELECT FROM jsonb_to_recordset(p_request -> 'holders') AS h (holder text) WHERE h.holder = l.holder)
    ) ORDER BY r.id)
    INTO pools, places, taken
    FROM jsonb_to_recordset(p_request -> 'pools') AS r (id uuid, "limit" int);
  SELECT EXISTS (
      SELECT FROM jsonb_to_recordset(p_request -> 'holders') AS h (holder text, "queuedAtMs" float8)
      WHERE h."queuedAtMs" IS NULL AND NOT EXISTS (SELECT FROM throttle_wait w WHERE w.holder = h.holder)
    ) INTO newcomers;
  SELECT array_agg(t.id ORDER BY t.no), array_agg(w.waiting ORDER BY t.no), array_agg(w.lowest ORDER BY t.no), array_agg(w.highest ORDER BY t.no)
    INTO slots, waiting, lowest, highest
    FROM unnest(buckets || pools) WITH ORDINALITY AS t (id, no)
    CROSS JOIN LATERAL (SELECT count(*)::int AS waiting, min(priority)::int AS lowest, max(priority)::int AS highest
      FROM throttle_wait w WHERE newcomers AND w.bucket_id = t.id AND w.wake_at > since) w;

  -- In the order of the queue: of one class first those who have waited, then newcomers as they came.
  FOR call IN
    SELECT r.holder, r.no, r."runId" AS run_id, w.bucket_id, w.wake_at > since AS counted,
      coalesce(w.priority, r.priority, 0) AS priority, r."queuedAtMs" IS NOT NULL AS again,
      coalesce(w.queued_at, to_timestamp(r."queuedAtMs" / 1000)) IS NOT NULL AS known,
      coalesce(w.queued_at, to_timestamp(r."queuedAtMs" / 1000),
        p_now - coalesce(r.priority, 0) * interval '5 minutes' + (p_before + r.no) * interval '1 microsecond') AS queued_at
    FROM (SELECT *, row_number() OVER () AS no
      FROM jsonb_to_recordset(p_request -> 'holders') AS h (holder text, "queuedAtMs" float8, "runId" uuid, priority int)) r
    LEFT JOIN throttle_wait w ON w.holder = r.holder
    ORDER BY queued_at, r.no
  LOOP
    answer := (call.holder, false, p_now, p_now, call.queued_at, NULL);
    IF call.counted THEN
      slot := array_position(slots, call.bucket_id);
      IF slot IS NOT NULL THEN waiting[slot] := waiting[slot] - 1; END IF;
    END IF;
    FOR i IN 1 .. coalesce(cardinality(slots), 0) LOOP
      ahead := CASE
        WHEN newcomers AND waiting[i] = 0 THEN 0
        WHEN call.known OR lowest[i] <> call.priority OR highest[i] <> call.priority
          THEN throttle_before(slots[i], call.holder, call.queued_at, call.priority, since)
        ELSE waiting[i] END;
      IF i <= coalesce(cardinality(buckets), 0) THEN
        due := throttle_turn(windows, limits, periods, slots[i], paused[i], ahead, p_now);
        IF due > answer.at THEN
          answer.at := due;
          answer.bound_by := slots[i];
        END IF;
      ELSE
        EXIT WHEN answer.at - p_horizon > p_now; -- held back by a bucket
        slot := i - coalesce(cardinality(buckets), 0);
        CONTINUE WHEN taken[slot] + ahead < places[slot];
        -- A release wakes the longest waiting. This is for when nobody lives to release: the place lapses with its lease.
        answer.granted := NULL;
        answer.at := p_now + least(2 + ahead / places[slot], 30) * interval '1 second';
        answer.bound_by := slots[i];
        EXIT;
      END IF;
    END LOOP;
    IF answer.granted IS NULL THEN
      answer.granted := false;
    ELSE
      answer.granted := answer.at - p_horizon <= p_now;
      IF NOT answer.granted THEN answer.at := answer.at - p_horizon; END IF;
    END IF;

    IF answer.granted THEN
      changed := true;
      answer.bound_by := NULL;
      FOR j IN 1 .. coalesce(cardinality(windows), 0) LOOP
        windows[j] := throttle_record(windows[j], limits[j], periods[j], answer.at, p_now);
      END LOOP;
      FOR i IN 1 .. coalesce(cardinality(pools), 0) LOOP taken[i] := taken[i] + 1; END LOOP;
      INSERT INTO concurrency_lease AS l (pool_id, holder, workspace_id, lease_until)
        SELECT id, call.holder, workspace, answer.at + lease FROM unnest(pools) AS t (id)
        ON CONFLICT (pool_id, holder) DO UPDATE SET lease_until = excluded.lease_until;
      IF call.bucket_id IS NOT NULL THEN DELETE FROM throttle_wait WHERE holder = call.holder; END IF;
    ELSE
      -- A grant that was not used may have left a place; whoever waits holds none.
      IF call.again AND pools IS NOT NULL THEN DELETE FROM concurrency_lease l WHERE l.holder = call.holder; END IF;
      slot := array_position(slots, answer.bound_by);
      waiting[slot] := waiting[slot] + 1;
      lowest[slot] := least(lowest[slot], call.priority);
      highest[slot] := greatest(highest[slot], call.priority);
      INSERT INTO throttle_wait AS w (holder, workspace_id, bucket_id, queued_at, wake_at, run_id, priority)
        VALUES (call.holder, workspace, answer.bound_by, answer.queued_at, answer.at, call.run_id, call.priority)
        ON CONFLICT (holder) DO UPDATE SET bucket_id = excluded.bucket_id, wake_at = excluded.wake_at, run_id = excluded.run_id;
    END IF;
    RETURN NEXT answer;
  END LOOP;

  IF changed THEN
    UPDATE throttle_bucket b SET grain = x.grain, groups = x.groups, open_count = x.open_count, open_at = x.open_at
      FROM unnest(windows) x WHERE b.bucket_id = x.bucket_id AND b.period_ms = x.period_ms;
  END IF;
  FOR i IN 1 .. coalesce(cardinality(buckets), 0) LOOP
    IF waiting[i] > 0 OR NOT newcomers THEN PERFORM throttle_call_up(windows, limits, periods, buckets[i], paused[i], p_horizon, p_now); END IF;
  END LOOP;
END $$;

-- Lets those who wait for a bucket look again: its limits are others now. The first are enough, for they call up the next.
CREATE FUNCTION throttle_recall(p_bucket uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  runs uuid[];
BEGIN
  WITH first AS (
    SELECT holder FROM throttle_wait WHERE bucket_id = p_bucket AND wake_at > clock_timestamp() AND run_id IS NOT NULL
    ORDER BY queued_at LIMIT 20 FOR UPDATE SKIP LOCKED
  ),
  named AS (
    UPDATE throttle_wait w SET wake_at = clock_timestamp() FROM first WHERE w.holder = first.holder RETURNING w.run_id
  )
  SELECT array_agg(run_id) INTO runs FROM named;
  PERFORM throttle_wake(runs);
END $$;
