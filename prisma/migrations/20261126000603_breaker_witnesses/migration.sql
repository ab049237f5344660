-- The breaker believes in a failure of the network, where nothing reached the remote, only when two workers see it; and one
-- call that must not be repeated may try out whether the remote is back, when no other does. lib/policies/breaker.ts has the
-- reasons. The functions of the first breaker stay for workers that are not yet replaced.

-- Calls of that second that never left this machine.
ALTER TABLE breaker_slot ADD COLUMN unsent int NOT NULL DEFAULT 0;

-- Workers that could not reach the remote.
CREATE TABLE breaker_witness (
  id uuid NOT NULL,
  gen int NOT NULL,
  worker_id uuid NOT NULL,
  seen_at timestamptz NOT NULL,
  PRIMARY KEY (id, gen, worker_id)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);

-- Whether the remote is what fails, rather than the network of one worker.
CREATE FUNCTION breaker_believes(p_id uuid, p_gen int, p_since timestamptz, p_living int) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  RETURN p_living <= 1 OR (SELECT count(*) >= 2 FROM breaker_witness WHERE id = p_id AND gen = p_gen AND seen_at > p_since);
END $$;

-- Counts calls made while the breaker was closed, and opens it when too many of its window were bad. True: they are bad only
-- because this worker reaches nothing.
CREATE FUNCTION breaker_judge(s jsonb, p_worker uuid, p_living int, p_now timestamptz) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  breaker_id uuid := s ->> 'id';
  called_in int := s ->> 'gen';
  this_second bigint := floor(extract(epoch FROM p_now));
  window_s int := greatest(1, ceil((s ->> 'windowMs')::float8 / 1000));
  ratio float8 := s ->> 'failureRatio';
  w record;
BEGIN
  INSERT INTO breaker_slot AS t (id, gen, second, ok, fail, slow, unsent)
    VALUES (breaker_id, called_in, this_second, (s ->> 'ok')::int, (s ->> 'fail')::int, (s ->> 'slow')::int, (s ->> 'unsent')::int)
    ON CONFLICT (id, gen, second) DO UPDATE SET ok = t.ok + excluded.ok, fail = t.fail + excluded.fail, slow = t.slow + excluded.slow,
      unsent = t.unsent + excluded.unsent;
  IF (s ->> 'unsent')::int > 0 THEN
    INSERT INTO breaker_witness AS t VALUES (breaker_id, called_in, p_worker, p_now)
      ON CONFLICT (id, gen, worker_id) DO UPDATE SET seen_at = excluded.seen_at;
  END IF;
  SELECT sum(ok + fail + unsent) AS calls, sum(ok + fail) AS sent, sum(fail) AS fail, sum(unsent) AS unsent, sum(slow) AS slow INTO w
    FROM breaker_slot WHERE id = breaker_id AND gen = called_in AND second > this_second - window_s;
  IF w.calls = 0 OR w.calls < (s ->> 'minCalls')::int THEN RETURN false; END IF;
  IF NOT (w.fail + w.unsent >= ratio * w.calls OR (w.sent > 0 AND w.slow >= w.sent)) THEN RETURN false; END IF;
  IF w.unsent > 0 AND NOT (w.sent >= (s ->> 'minCalls')::int AND (w.fail >= ratio * w.sent OR w.slow >= w.sent))
    AND NOT breaker_believes(breaker_id, called_in, p_now - window_s * interval '1 second', p_living) THEN
    RETURN (s ->> 'unsent')::int > 0;
  END IF;
  PERFORM breaker_open(breaker_id, (s ->> 'workspaceId')::uuid, 'closed', called_in, (s ->> 'openMs')::float8, p_now);
  RETURN false;
END $$;

-- Takes back a probe with its result, at a breaker whose row is locked. One that never left counts when it is believed, and
-- gives its place back when not (true). The verdict of a call that must not be repeated stands alone.
CREATE FUNCTION breaker_end_probe(s jsonb, p_worker uuid, p_living int, p_now timestamptz) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  breaker_id uuid := s ->> 'id';
  called_in int := s ->> 'gen';
  verdict text := s ->> 'verdict';
  alone boolean := false;
BEGIN
  IF verdict = 'unsent' THEN
    INSERT INTO breaker_witness AS t VALUES (breaker_id, called_in, p_worker, p_now)
      ON CONFLICT (id, gen, worker_id) DO UPDATE SET seen_at = excluded.seen_at;
    alone := NOT breaker_believes(breaker_id, called_in, p_now - (s ->> 'windowMs')::float8 * interval '1 millisecond', p_living);
    verdict := CASE WHEN alone THEN 'ignored' ELSE 'failed' END;
  END IF;
  PERFORM breaker_settle_probe(s || jsonb_build_object('verdict', verdict), p_now);
  IF verdict = 'passed' AND NOT (s ->> 'repeatable')::boolean THEN
    UPDATE breaker SET state = 'closed', gen = gen + 1, opens = 0, open_until = NULL, changed_at = p_now
      WHERE id = breaker_id AND state = 'half_open' AND gen = called_in
        AND EXISTS (SELECT FROM breaker_probe WHERE id = breaker_id AND gen = called_in AND passed);
  END IF;
  RETURN alone;
END $$;

CREATE TYPE breaker_news AS (id uuid, state text, gen int, until timestamptz, told_at timestamptz, alone boolean, others boolean);

-- Takes results of a worker and tells the state of their breakers. Results of another generation than the current one are ignored.
CREATE FUNCTION breaker_tell(p_samples jsonb, p_worker uuid) RETURNS SETOF breaker_news LANGUAGE plpgsql AS $$
DECLARE
  s jsonb;
  b breaker;
  alone boolean;
  -- The silence after which a worker is declared dead.
  living int := (SELECT count(*) FROM worker WHERE stopped_at IS NULL AND last_seen_at > clock_timestamp() - interval '30 seconds');
BEGIN
  -- Every statement locks in the order of ids.
  FOR s IN SELECT value FROM jsonb_array_elements(p_samples) ORDER BY value ->> 'id' LOOP
    alone := false;
    IF s ->> 'probe' IS NULL THEN
      SELECT * INTO b FROM breaker WHERE id = (s ->> 'id')::uuid;
      IF coalesce(b.state, 'closed') = 'closed' AND coalesce(b.gen, 1) = (s ->> 'gen')::int THEN
        alone := breaker_judge(s, p_worker, living, clock_timestamp());
      END IF;
    ELSE
      SELECT * INTO b FROM breaker WHERE id = (s ->> 'id')::uuid FOR UPDATE;
      IF b.state = 'half_open' AND b.gen = (s ->> 'gen')::int THEN alone := breaker_end_probe(s, p_worker, living, clock_timestamp()); END IF;
    END IF;
    SELECT * INTO b FROM breaker WHERE id = (s ->> 'id')::uuid;
    RETURN NEXT ((s ->> 'id')::uuid, coalesce(b.state, 'closed'), coalesce(b.gen, 1), b.open_until, clock_timestamp(), alone, living > 1)::breaker_news;
  END LOOP;
END $$;

-- Decides one call at a breaker that is half open, or would be now. The breaker's row is locked by the caller.
CREATE OR REPLACE FUNCTION breaker_try(b breaker, r jsonb, p_now timestamptz) RETURNS breaker_admission LANGUAGE plpgsql AS $$
DECLARE
  lease interval := (r ->> 'leaseMs')::float8 * interval '1 millisecond';
  -- A probe's answer mostly comes long before its lease ends.
  again timestamptz := p_now + greatest(50, (r ->> 'openMs')::float8 / 10) * interval '1 millisecond';
  free int;
BEGIN
  IF b.state = 'open' THEN
    UPDATE breaker SET state = 'half_open', gen = b.gen + 1, open_until = NULL, changed_at = p_now WHERE id = b.id RETURNING * INTO b;
    INSERT INTO breaker_probe (id, gen, n) SELECT b.id, b.gen, n FROM generate_series(1, 3) AS t (n);
  ELSIF b.changed_at < p_now - 5 * lease AND (
    SELECT bool_or(holder IS NOT NULL AND lease_until <= p_now) AND NOT bool_or(passed) FROM breaker_probe WHERE id = b.id AND gen = b.gen
  ) THEN
    -- Probes go and never come back. Where only few calls are made there is no verdict either, but also no reason to open.
    PERFORM breaker_open(b.id, b.workspace_id, 'half_open', b.gen, (r ->> 'openMs')::float8, p_now);
    SELECT * INTO b FROM breaker WHERE id = b.id;
    RETURN (NULL, false, false, b.state, b.gen, b.open_until, p_now)::breaker_admission;
  END IF;
  -- A call that must not be repeated tries only when for a whole lease nobody else has, and then alone.
  IF (r ->> 'repeatable')::boolean OR (b.changed_at < p_now - lease
    AND NOT EXISTS (SELECT FROM breaker_probe WHERE id = b.id AND gen = b.gen AND lease_until > p_now - lease AND holder IS DISTINCT FROM r ->> 'holder')) THEN
    SELECT n INTO free FROM breaker_probe
      WHERE id = b.id AND gen = b.gen AND NOT passed AND (lease_until IS NULL OR lease_until <= p_now OR holder = r ->> 'holder')
      ORDER BY holder = r ->> 'holder' DESC NULLS LAST, n LIMIT 1;
    IF free IS NOT NULL THEN
      UPDATE breaker_probe SET holder = r ->> 'holder', lease_until = p_now + lease WHERE id = b.id AND gen = b.gen AND n = free;
      RETURN (NULL, true, true, b.state, b.gen, NULL, p_now)::breaker_admission;
    END IF;
  END IF;
  RETURN (NULL, false, false, b.state, b.gen, again, p_now)::breaker_admission;
END $$;
