-- A call may cost more than one unit of the windows it is under. Only widens: requests of older workers say no cost, which is 1.

-- What a call that waits takes of the bucket it waits for; of a pool always one place.
ALTER TABLE throttle_wait ADD COLUMN cost int NOT NULL DEFAULT 1 CHECK (cost > 0);

-- What those who wait for a bucket or pool and come before this call cost together. The more urgent go first, but of the less
-- urgent that have waited long enough to overtake them no more than as much again, so that neither waits for ever.
-- Whoever was to wake before p_since has missed its turn, or is gone, and holds nobody up.
CREATE OR REPLACE FUNCTION throttle_before(p_bucket uuid, p_holder text, p_queued_at timestamptz, p_priority int, p_since timestamptz)
RETURNS int LANGUAGE plpgsql STABLE AS $$
DECLARE
  alike int; aged int;
BEGIN
  SELECT coalesce(sum(w.cost) FILTER (WHERE w.priority >= p_priority), 0), coalesce(sum(w.cost) FILTER (WHERE w.priority < p_priority), 0)
    INTO alike, aged
    FROM throttle_wait w
    WHERE w.bucket_id = p_bucket AND w.queued_at < p_queued_at AND w.wake_at > p_since AND w.holder <> p_holder;
  RETURN alike + least(aged, alike + 1);
END $$;

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
  waiting int[]; lowest int[]; highest int[]; -- `waiting` in units: what all who wait cost together
  call record;
  answer throttle_grant;
  due timestamptz; ahead int; slot int; units int; changed boolean := false;
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
    CROSS JOIN LATERAL (SELECT coalesce(sum(w.cost), 0)::int AS waiting, min(priority)::int AS lowest, max(priority)::int AS highest
      FROM throttle_wait w WHERE newcomers AND w.bucket_id = t.id AND w.wake_at > since) w;

  -- In the order of the queue: of one class first those who have waited, then newcomers as they came.
  FOR call IN
    SELECT r.holder, r.no, r."runId" AS run_id, w.bucket_id, w.wake_at > since AS counted, coalesce(r.cost, 1) AS cost, w.cost AS waited_for,
      coalesce(w.priority, r.priority, 0) AS priority, r."queuedAtMs" IS NOT NULL AS again,
      coalesce(w.queued_at, to_timestamp(r."queuedAtMs" / 1000)) IS NOT NULL AS known,
      coalesce(w.queued_at, to_timestamp(r."queuedAtMs" / 1000),
        p_now - coalesce(r.priority, 0) * interval '5 minutes' + (p_before + r.no) * interval '1 microsecond') AS queued_at
    FROM (SELECT *, row_number() OVER () AS no
      FROM jsonb_to_recordset(p_request -> 'holders') AS h (holder text, "queuedAtMs" float8, "runId" uuid, priority int, cost int)) r
    LEFT JOIN throttle_wait w ON w.holder = r.holder
    ORDER BY queued_at, r.no
  LOOP
    answer := (call.holder, false, p_now, p_now, call.queued_at, NULL);
    IF call.counted THEN
      slot := array_position(slots, call.bucket_id);
      IF slot IS NOT NULL THEN waiting[slot] := waiting[slot] - call.waited_for; END IF;
    END IF;
    FOR i IN 1 .. coalesce(cardinality(slots), 0) LOOP
      ahead := CASE
        WHEN newcomers AND waiting[i] = 0 THEN 0
        WHEN call.known OR lowest[i] <> call.priority OR highest[i] <> call.priority
          THEN throttle_before(slots[i], call.holder, call.queued_at, call.priority, since)
        ELSE waiting[i] END;
      IF i <= coalesce(cardinality(buckets), 0) THEN
        due := throttle_turn(windows, limits, periods, slots[i], paused[i], ahead + call.cost - 1, p_now);
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
        FOR unit IN 1 .. call.cost LOOP windows[j] := throttle_record(windows[j], limits[j], periods[j], answer.at, p_now); END LOOP;
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
      units := CASE WHEN slot <= coalesce(cardinality(buckets), 0) THEN call.cost ELSE 1 END; -- a place is a place
      waiting[slot] := waiting[slot] + units;
      lowest[slot] := least(lowest[slot], call.priority);
      highest[slot] := greatest(highest[slot], call.priority);
      INSERT INTO throttle_wait AS w (holder, workspace_id, bucket_id, queued_at, wake_at, run_id, priority, cost)
        VALUES (call.holder, workspace, answer.bound_by, answer.queued_at, answer.at, call.run_id, call.priority, units)
        ON CONFLICT (holder) DO UPDATE SET bucket_id = excluded.bucket_id, wake_at = excluded.wake_at, run_id = excluded.run_id, cost = excluded.cost;
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

-- The first in the queue were told a time by what was known then. Where there is room for them earlier (a limit was raised,
-- others gave up), their runs are woken now. While the times are right, and they nearly always are, it looks at one row.
CREATE OR REPLACE FUNCTION throttle_call_up(windows throttle_bucket[], limits int[], periods interval[], p_bucket uuid,
  p_paused timestamptz, p_horizon interval, p_now timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  next record; units int := 0; early text[]; runs uuid[];
BEGIN
  FOR next IN
    SELECT holder, run_id, wake_at, cost FROM throttle_wait WHERE bucket_id = p_bucket AND wake_at > p_now - p_horizon
    ORDER BY queued_at LIMIT 20
  LOOP
    units := units + next.cost;
    EXIT WHEN throttle_turn(windows, limits, periods, p_bucket, p_paused, units - 1, p_now) - p_horizon > p_now;
    CONTINUE WHEN next.run_id IS NULL OR next.wake_at <= p_now + interval '100 milliseconds';
    early := early || next.holder;
    runs := runs || next.run_id;
  END LOOP;
  IF early IS NULL THEN RETURN; END IF;
  UPDATE throttle_wait SET wake_at = p_now WHERE holder = ANY (early);
  PERFORM throttle_wake(runs);
END $$;
