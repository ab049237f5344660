-- Limits that learn and keep their order: levels lowered by a remote that turns calls away, a smooth start after a pause,
-- classes of urgency in the queue, waiting runs that are woken when their turn is early, and windows a remote tells of.
-- lib/policies/throttle*.ts are the same as a model. Only widens: requests of older workers lack `runId` and `priority`.

-- Of a window: what the level was lowered to, at which level the remote turned a call away, and when. Null: the full limit.
ALTER TABLE throttle_bucket ADD COLUMN level int, ADD COLUMN wall int, ADD COLUMN lowered_at timestamptz;

-- `queued_at` is the place in the queue: the time of asking, five minutes earlier for each class of priority.
ALTER TABLE throttle_wait ADD COLUMN run_id uuid, ADD COLUMN priority smallint NOT NULL DEFAULT 0;

-- What RateLimit-Policy told of a connection, by the node that was told. An additional limit, never instead of another.
CREATE TABLE learned_limit (
  connection_id uuid NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
  source text NOT NULL,
  policy text NOT NULL,
  workspace_id uuid NOT NULL,
  quota int NOT NULL CHECK (quota > 0),
  per_ms bigint CHECK (per_ms > 0), -- null: calls at one time
  partitioned boolean NOT NULL,
  learned_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (connection_id, source, policy)
);
CREATE INDEX learned_limit_seen_at_idx ON learned_limit (seen_at);

-- How much of its limit a window may use now (levelAt in lib/policies/throttle-level.ts).
CREATE FUNCTION throttle_level(b throttle_bucket, p_limit int, p_period interval, p_now timestamptz)
RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  step int := greatest(1, p_limit / 20);
  since float8; period float8; wall_age float8; clean float8; below float8;
BEGIN
  IF b.level IS NULL THEN RETURN p_limit; END IF;
  since := greatest(0, extract(epoch FROM p_now - b.lowered_at));
  period := extract(epoch FROM p_period);
  wall_age := greatest(period, least(20 * period, 600));
  clean := b.level + floor(since / period) * step;
  below := greatest(b.level, b.wall - step);
  IF since >= wall_age THEN below := below + step * (1 + floor((since - wall_age) / period)); END IF;
  RETURN greatest(1, least(p_limit, clean, below));
END $$;

-- A remote turned a call away and did not say for how long: the windows that may have been too wide are lowered. Calls
-- granted before the last lowering teach nothing new. Answers how many windows were lowered or had been since the grant.
CREATE FUNCTION throttle_slow_down(p_windows jsonb, p_granted_at timestamptz, p_grace interval, p_now timestamptz DEFAULT NULL)
RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  w record; used int; lowered int; known int := 0; done boolean := false;
  spare_bucket uuid; spare_period bigint; spare_level int; -- the shortest window, for when none is full
BEGIN
  PERFORM FROM throttle_bucket b
    JOIN jsonb_to_recordset(p_windows) AS r (bucket uuid, "perMs" bigint) ON b.bucket_id = r.bucket AND b.period_ms = r."perMs"
    ORDER BY b.bucket_id, b.period_ms FOR UPDATE OF b;
  p_now := coalesce(p_now, clock_timestamp());
  FOR w IN
    SELECT b, b.bucket_id, b.period_ms, b.lowered_at, throttle_level(b, r."limit", b.period_ms * interval '1 millisecond' + p_grace, p_now) AS level
    FROM jsonb_to_recordset(p_windows) AS r (bucket uuid, "perMs" bigint, "limit" int)
    JOIN throttle_bucket b ON b.bucket_id = r.bucket AND b.period_ms = r."perMs"
    ORDER BY b.period_ms, b.bucket_id
  LOOP
    known := known + 1;
    IF w.lowered_at >= p_granted_at THEN
      done := true;
      CONTINUE;
    END IF;
    IF spare_bucket IS NULL THEN
      spare_bucket := w.bucket_id;
      spare_period := w.period_ms;
      spare_level := w.level;
    END IF;
    lowered := greatest(1, w.level * 7 / 10);
    SELECT count(*) * (w.b).grain INTO used
      FROM unnest((w.b).groups) AS t (at) WHERE at > p_now - (w.period_ms * interval '1 millisecond' + p_grace);
    -- A window that is emptier than it would be made is not the one that was too wide.
    CONTINUE WHEN used + (w.b).open_count <= lowered;
    done := true;
    UPDATE throttle_bucket SET level = lowered, wall = w.level, lowered_at = p_now WHERE bucket_id = w.bucket_id AND period_ms = w.period_ms;
  END LOOP;
  IF NOT done THEN
    UPDATE throttle_bucket SET level = greatest(1, spare_level * 7 / 10), wall = spare_level, lowered_at = p_now
      WHERE bucket_id = spare_bucket AND period_ms = spare_period;
  END IF;
  RETURN known;
END $$;

-- The earliest time at which a bucket has room, when p_ahead others come before. In the first period after a pause calls
-- go out one by one: all that have waited would otherwise meet the same wall at once.
CREATE FUNCTION throttle_turn(windows throttle_bucket[], limits int[], periods interval[], p_bucket uuid, p_paused timestamptz,
  p_ahead int, p_now timestamptz)
RETURNS timestamptz LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  start timestamptz := greatest(p_now, p_paused);
  due timestamptz := start;
  shortest int; span interval; spacing interval; latest timestamptz;
BEGIN
  FOR j IN 1 .. coalesce(cardinality(windows), 0) LOOP
    CONTINUE WHEN windows[j].bucket_id <> p_bucket;
    shortest := coalesce(shortest, j); -- they come sorted
    due := greatest(due, throttle_due(windows[j], limits[j], periods[j], p_ahead, start));
  END LOOP;
  IF shortest IS NULL THEN
    RETURN CASE WHEN start > p_now THEN start + p_ahead * interval '50 milliseconds' ELSE start END;
  END IF;
  span := least(periods[shortest], interval '1 minute');
  IF p_now >= p_paused + span THEN RETURN due; END IF;
  spacing := ceil(extract(epoch FROM span) * 1000 / limits[shortest]) * interval '1 millisecond';
  latest := greatest(windows[shortest].groups[cardinality(windows[shortest].groups)], windows[shortest].open_at);
  IF latest >= p_paused THEN start := greatest(start, latest + spacing); END IF;
  RETURN greatest(due, start + (p_ahead / limits[shortest]) * periods[shortest] + (p_ahead % limits[shortest]) * spacing);
END $$;

-- How many wait for a bucket or pool and come before this call. The more urgent go first, but of the less urgent that
-- have waited long enough to overtake them every second one keeps its turn, so that neither waits for ever.
-- Whoever was to wake before p_since has missed its turn, or is gone, and holds nobody up.
CREATE FUNCTION throttle_before(p_bucket uuid, p_holder text, p_queued_at timestamptz, p_priority int, p_since timestamptz)
RETURNS int LANGUAGE plpgsql STABLE AS $$
DECLARE
  alike int; aged int;
BEGIN
  SELECT count(*) FILTER (WHERE w.priority >= p_priority), count(*) FILTER (WHERE w.priority < p_priority) INTO alike, aged
    FROM throttle_wait w
    WHERE w.bucket_id = p_bucket AND w.queued_at < p_queued_at AND w.wake_at > p_since AND w.holder <> p_holder;
  RETURN alike + least(aged, alike + 1);
END $$;

-- Wakes runs that wait; the job is added in the statement that calls this.
CREATE FUNCTION throttle_wake(p_runs uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF coalesce(cardinality(p_runs), 0) = 0 THEN RETURN; END IF;
  PERFORM graphile_worker.add_jobs(ARRAY(
    SELECT ('advance', json_build_object('runId', run_id), NULL, NULL, NULL, 'run:' || run_id, NULL, NULL)::graphile_worker.job_spec
    FROM (SELECT DISTINCT run_id FROM unnest(p_runs) AS t (run_id) WHERE run_id IS NOT NULL ORDER BY run_id) r));
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
  SELECT array_agg(t.id ORDER BY t.no), array_agg(w.waiting ORDER BY t.no), array_agg(w.lowest ORDER BY t.no), array_agg(w.highest ORDER BY t.no)
    INTO slots, waiting, lowest, highest
    FROM unnest(buckets || pools) WITH ORDINALITY AS t (id, no)
    CROSS JOIN LATERAL (SELECT count(*)::int AS waiting, min(priority)::int AS lowest, max(priority)::int AS highest
      FROM throttle_wait w WHERE w.bucket_id = t.id AND w.wake_at > since) w;

  -- In the order of the queue: of one class first those who have waited, then newcomers as they came.
  FOR call IN
    SELECT r.holder, r.no, r."runId" AS run_id, w.bucket_id, w.wake_at > since AS counted,
      coalesce(w.priority, r.priority, 0) AS priority,
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
      ahead := CASE WHEN waiting[i] = 0 THEN 0
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
    IF waiting[i] > 0 THEN PERFORM throttle_call_up(windows, limits, periods, buckets[i], paused[i], p_horizon, p_now); END IF;
  END LOOP;
END $$;

-- The first in the queue were told a time by what was known then. Where there is room for them earlier (a limit was raised,
-- others gave up), their runs are woken now. While the times are right, and they nearly always are, it looks at one row.
CREATE FUNCTION throttle_call_up(windows throttle_bucket[], limits int[], periods interval[], p_bucket uuid, p_paused timestamptz,
  p_horizon interval, p_now timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  next record; place int := 0; early text[]; runs uuid[];
BEGIN
  FOR next IN
    SELECT holder, run_id, wake_at FROM throttle_wait WHERE bucket_id = p_bucket AND wake_at > p_now - p_horizon ORDER BY queued_at LIMIT 20
  LOOP
    EXIT WHEN throttle_turn(windows, limits, periods, p_bucket, p_paused, place, p_now) - p_horizon > p_now;
    place := place + 1;
    CONTINUE WHEN next.run_id IS NULL OR next.wake_at <= p_now + interval '100 milliseconds';
    early := early || next.holder;
    runs := runs || next.run_id;
  END LOOP;
  IF early IS NULL THEN RETURN; END IF;
  UPDATE throttle_wait SET wake_at = p_now WHERE holder = ANY (early);
  PERFORM throttle_wake(runs);
END $$;

-- Frees the places of these holders and wakes as many of those who wait for one, first in the queue first. Woken ones no
-- longer count as waiting, so that the next release wakes others. The pools are locked before anything is read: whoever is
-- just being told to wait for one of them would otherwise be overlooked.
CREATE FUNCTION throttle_release(p_holders text[]) RETURNS TABLE (woken text) LANGUAGE plpgsql AS $$
DECLARE
  v_now timestamptz; runs uuid[];
BEGIN
  PERFORM FROM throttle_bucket b
    WHERE b.period_ms = 0 AND b.bucket_id IN (
      SELECT pool_id FROM concurrency_lease WHERE holder = ANY (p_holders)
      UNION ALL SELECT bucket_id FROM throttle_wait WHERE holder = ANY (p_holders))
    ORDER BY b.bucket_id FOR UPDATE;
  v_now := clock_timestamp();
  WITH gone AS (
    DELETE FROM concurrency_lease WHERE holder = ANY (p_holders) RETURNING pool_id
  ),
  left_queue AS (
    DELETE FROM throttle_wait WHERE holder = ANY (p_holders) RETURNING bucket_id, wake_at
  ),
  freed AS (
    SELECT pool_id, count(*) AS places
    FROM (SELECT pool_id FROM gone UNION ALL SELECT bucket_id FROM left_queue WHERE wake_at <= v_now) AS f (pool_id)
    GROUP BY pool_id
  ),
  next AS (
    SELECT w.holder FROM freed f CROSS JOIN LATERAL (
      SELECT t.holder FROM throttle_wait t
      WHERE t.bucket_id = f.pool_id AND t.wake_at > v_now AND t.holder <> ALL (p_holders)
      ORDER BY t.queued_at LIMIT f.places FOR UPDATE SKIP LOCKED
    ) w
  ),
  named AS (
    UPDATE throttle_wait t SET wake_at = v_now FROM next WHERE t.holder = next.holder RETURNING t.holder, t.run_id
  )
  SELECT array_agg(n.holder), array_agg(n.run_id) INTO p_holders, runs FROM named n;
  PERFORM throttle_wake(runs);
  RETURN QUERY SELECT unnest(p_holders);
END $$;

DROP FUNCTION throttle_ahead (uuid, int, text, timestamptz, timestamptz);
