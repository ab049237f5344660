-- The throttle: limits of connections, nodes and keys. lib/policies/throttle.ts is the same as a model, with the reasons;
-- a test runs both side by side. Bucket ids are hashes of what they limit, made by the application.

-- One row a bucket and window; the row of period 0 stands for the bucket as a whole and is what a pool is locked by.
CREATE TABLE throttle_bucket (
  workspace_id uuid NOT NULL,
  bucket_id uuid NOT NULL,
  period_ms bigint NOT NULL CHECK (period_ms >= 0),
  grain int NOT NULL DEFAULT 1 CHECK (grain > 0),
  groups timestamptz[] NOT NULL DEFAULT '{}',
  open_count int NOT NULL DEFAULT 0,
  open_at timestamptz,
  blocked_until timestamptz,
  PRIMARY KEY (bucket_id, period_ms)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);

-- Who waits for which bucket or pool. `queued_at` is the place in the queue; it stays over all waits of one call.
CREATE TABLE throttle_wait (
  holder text PRIMARY KEY,
  workspace_id uuid NOT NULL,
  bucket_id uuid NOT NULL,
  queued_at timestamptz NOT NULL,
  wake_at timestamptz NOT NULL
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX throttle_wait_bucket_id_queued_at_idx ON throttle_wait (bucket_id, queued_at);

-- Places taken in a pool. A table of leases, not a counter: the place of a dead holder frees itself.
CREATE TABLE concurrency_lease (
  pool_id uuid NOT NULL,
  holder text NOT NULL,
  workspace_id uuid NOT NULL,
  lease_until timestamptz NOT NULL,
  PRIMARY KEY (pool_id, holder)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX concurrency_lease_holder_idx ON concurrency_lease (holder);

-- The earliest time from p_from on at which a window has room for one more, when p_ahead others come before.
CREATE FUNCTION throttle_due(b throttle_bucket, p_limit int, p_period interval, p_ahead int, p_from timestamptz)
RETURNS timestamptz LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  others int := p_limit - 1 - p_ahead % p_limit;
  counted int := cardinality(b.groups);
  due timestamptz;
BEGIN
  IF b.open_count <= others THEN
    due := b.groups[counted - (others - b.open_count) / b.grain] + p_period;
  ELSE
    due := greatest(b.groups[counted - others / b.grain], b.open_at) + p_period;
  END IF;
  RETURN greatest(p_from, due) + (p_ahead / p_limit) * p_period;
END $$;

-- The bucket with one more grant noted, and without what has left the window.
CREATE FUNCTION throttle_record(b throttle_bucket, p_limit int, p_period interval, p_at timestamptz, p_now timestamptz)
RETURNS throttle_bucket LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  horizon timestamptz := p_now - p_period;
  wanted int := (p_limit + 199) / 200;
  gone int := 0;
BEGIN
  WHILE b.groups[gone + 1] <= horizon LOOP gone := gone + 1; END LOOP;
  IF gone > 0 THEN b.groups := b.groups[gone + 1:]; END IF;
  IF b.open_at <= horizon THEN b.open_count := 0; END IF;
  b.grain := CASE WHEN cardinality(b.groups) = 0 AND b.open_count = 0 THEN wanted ELSE greatest(b.grain, wanted) END;
  b.open_at := CASE WHEN b.open_count = 0 THEN p_at ELSE greatest(b.open_at, p_at) END;
  b.open_count := b.open_count + 1;
  IF b.open_count >= b.grain THEN
    IF b.open_at < b.groups[cardinality(b.groups)] THEN
      b.groups := ARRAY(SELECT at FROM unnest(b.groups || b.open_at) AS t (at) ORDER BY at);
    ELSE
      b.groups := b.groups || b.open_at;
    END IF;
    b.open_count := 0;
  END IF;
  RETURN b;
END $$;

-- How many wait for a bucket or pool and come before this call: for a newcomer all of them, else those longer in the queue.
-- Whoever was to wake before p_since has missed its turn, or is gone, and holds nobody up.
CREATE FUNCTION throttle_ahead(p_bucket uuid, p_waiting int, p_holder text, p_queued_at timestamptz, p_since timestamptz)
RETURNS int LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF p_waiting = 0 OR p_queued_at IS NULL THEN RETURN p_waiting; END IF;
  RETURN (SELECT count(*) FROM throttle_wait w
    WHERE w.bucket_id = p_bucket AND w.queued_at < p_queued_at AND w.wake_at > p_since AND w.holder <> p_holder);
END $$;

CREATE TYPE throttle_grant AS (
  holder text, granted boolean, at timestamptz, decided_at timestamptz, queued_at timestamptz, bound_by uuid
);

-- Decides calls under the same limits. The rows of their buckets are locked by the caller; p_before is how many calls of
-- the batch came before, so that no two newcomers get the same place in a queue.
CREATE FUNCTION throttle_acquire_alike(p_request jsonb, p_grace interval, p_horizon interval, p_now timestamptz, p_before int)
RETURNS SETOF throttle_grant LANGUAGE plpgsql AS $$
DECLARE
  workspace uuid := p_request ->> 'workspaceId';
  lease interval := (p_request ->> 'leaseMs')::float8 * interval '1 millisecond';
  windows throttle_bucket[]; limits int[]; periods interval[];
  buckets uuid[]; paused timestamptz[];
  pools uuid[]; places int[]; taken int[];
  since timestamptz := p_now - p_horizon; -- who was to wake after it still counts: its time has not come
  waiting int[];                          -- by bucket, then by pool
  call record;
  answer throttle_grant;
  due timestamptz; ahead int; slot int; changed boolean := false;
BEGIN
  SELECT array_agg(b ORDER BY b.bucket_id, b.period_ms), array_agg(r."limit" ORDER BY b.bucket_id, b.period_ms),
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
  SELECT array_agg((SELECT count(*)::int FROM throttle_wait w WHERE w.bucket_id = t.id AND w.wake_at > since) ORDER BY t.no)
    INTO waiting
    FROM unnest(buckets || pools) WITH ORDINALITY AS t (id, no);

  -- First those who have waited, in the order of the queue, then newcomers as they came.
  FOR call IN
    SELECT r.holder, r.no, w.bucket_id, w.wake_at > since AS counted,
      coalesce(w.queued_at, to_timestamp(r."queuedAtMs" / 1000)) AS queued_at
    FROM (SELECT *, row_number() OVER () AS no FROM jsonb_to_recordset(p_request -> 'holders') AS h (holder text, "queuedAtMs" float8)) r
    LEFT JOIN throttle_wait w ON w.holder = r.holder
    ORDER BY queued_at NULLS LAST, r.no
  LOOP
    answer := (call.holder, false, p_now, p_now, coalesce(call.queued_at, p_now + (p_before + call.no) * interval '1 microsecond'), NULL);
    IF call.counted THEN
      slot := array_position(buckets || pools, call.bucket_id);
      IF slot IS NOT NULL THEN waiting[slot] := waiting[slot] - 1; END IF;
    END IF;
    FOR i IN 1 .. coalesce(cardinality(buckets), 0) LOOP
      ahead := throttle_ahead(buckets[i], waiting[i], call.holder, call.queued_at, since);
      due := greatest(p_now, paused[i]);
      IF due > p_now AND NOT EXISTS (SELECT FROM unnest(windows) x WHERE x.bucket_id = buckets[i]) THEN
        due := due + ahead * interval '50 milliseconds';
      END IF;
      FOR j IN 1 .. coalesce(cardinality(windows), 0) LOOP
        IF windows[j].bucket_id = buckets[i] THEN
          due := greatest(due, throttle_due(windows[j], limits[j], periods[j], ahead, greatest(p_now, paused[i])));
        END IF;
      END LOOP;
      IF due > answer.at THEN
        answer.at := due;
        answer.bound_by := buckets[i];
      END IF;
    END LOOP;
    answer.granted := answer.at - p_horizon <= p_now;
    IF NOT answer.granted THEN
      answer.at := answer.at - p_horizon;
    ELSE
      FOR i IN 1 .. coalesce(cardinality(pools), 0) LOOP
        ahead := throttle_ahead(pools[i], waiting[cardinality(waiting) - cardinality(pools) + i], call.holder, call.queued_at, since);
        CONTINUE WHEN taken[i] + ahead < places[i];
        -- Nobody knows when a place gets free; a release wakes the longest waiting, and this is for when that gets lost.
        answer.granted := false;
        answer.at := p_now + least(1 + ahead / places[i], 30) * interval '1 second';
        answer.bound_by := pools[i];
        EXIT;
      END LOOP;
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
      slot := array_position(buckets || pools, answer.bound_by);
      waiting[slot] := waiting[slot] + 1;
      INSERT INTO throttle_wait AS w (holder, workspace_id, bucket_id, queued_at, wake_at)
        VALUES (call.holder, workspace, answer.bound_by, answer.queued_at, answer.at)
        ON CONFLICT (holder) DO UPDATE SET bucket_id = excluded.bucket_id, wake_at = excluded.wake_at;
    END IF;
    RETURN NEXT answer;
  END LOOP;

  IF changed THEN
    UPDATE throttle_bucket b SET grain = x.grain, groups = x.groups, open_count = x.open_count, open_at = x.open_at
      FROM unnest(windows) x WHERE b.bucket_id = x.bucket_id AND b.period_ms = x.period_ms;
  END IF;
END $$;

-- Decides many calls: each is granted a time within the horizon, or told when to ask again and noted as waiting.
-- p_now is for tests; otherwise the clock is read after the locks.
CREATE FUNCTION throttle_acquire(p_requests jsonb, p_grace interval, p_horizon interval, p_now timestamptz DEFAULT NULL)
RETURNS SETOF throttle_grant LANGUAGE plpgsql AS $$
DECLARE
  ids uuid[]; periods bigint[]; workspaces uuid[];
  locked int;
  before int := 0;
  request jsonb;
BEGIN
  SELECT array_agg(k.id ORDER BY k.id, k.period), array_agg(k.period ORDER BY k.id, k.period), array_agg(k.workspace ORDER BY k.id, k.period)
    INTO ids, periods, workspaces
    FROM (
      SELECT DISTINCT (r ->> 'workspaceId')::uuid AS workspace, w.bucket AS id, w."perMs" AS period
        FROM jsonb_array_elements(p_requests) AS r, jsonb_to_recordset(r -> 'windows') AS w (bucket uuid, "perMs" bigint)
      UNION
      SELECT (r ->> 'workspaceId')::uuid, p.id, 0
        FROM jsonb_array_elements(p_requests) AS r, jsonb_to_recordset(r -> 'pools') AS p (id uuid)
    ) k;
  -- Everything is locked before anything is decided, and always in the same order, so no two batches block each other.
  -- Twice only when a bucket was pruned in between.
  LOOP
    INSERT INTO throttle_bucket (workspace_id, bucket_id, period_ms)
      SELECT workspace, id, period FROM unnest(workspaces, ids, periods) AS t (workspace, id, period) ORDER BY id, period
      ON CONFLICT DO NOTHING;
    SELECT count(*) INTO locked FROM (
      SELECT FROM throttle_bucket b WHERE (b.bucket_id, b.period_ms) IN (SELECT * FROM unnest(ids, periods))
      ORDER BY b.bucket_id, b.period_ms FOR UPDATE OF b
    ) x;
    EXIT WHEN locked = coalesce(cardinality(ids), 0);
  END LOOP;
  p_now := coalesce(p_now, clock_timestamp());
  FOR request IN SELECT value FROM jsonb_array_elements(p_requests) LOOP
    RETURN QUERY SELECT * FROM throttle_acquire_alike(request, p_grace, p_horizon, p_now, before);
    before := before + jsonb_array_length(request -> 'holders');
  END LOOP;
END $$;
