-- The circuit breaker of a connection and host. lib/policies/breaker.ts is the same as a pure machine, with the reasons.
-- Breaker ids are hashes of what they guard, made by the application.

-- A breaker that has no row is closed, in generation 1: only those that have opened once are stored.
CREATE TABLE breaker (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL,
  state text NOT NULL CHECK (state IN ('closed', 'open', 'half_open', 'isolated')),
  gen int NOT NULL,
  opens int NOT NULL DEFAULT 0,
  open_until timestamptz,
  isolated_reason text,
  changed_at timestamptz NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);

-- What came of the calls of one second, of all workers together.
CREATE TABLE breaker_slot (
  id uuid NOT NULL,
  gen int NOT NULL,
  second bigint NOT NULL,
  ok int NOT NULL,
  fail int NOT NULL,
  slow int NOT NULL,
  PRIMARY KEY (id, gen, second)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);

-- The probes of a half-open breaker. A lease, so that the probe of a worker that died is offered again.
CREATE TABLE breaker_probe (
  id uuid NOT NULL,
  gen int NOT NULL,
  n int NOT NULL,
  holder text,
  -- Null until somebody takes the probe.
  lease_until timestamptz,
  passed boolean NOT NULL DEFAULT false,
  PRIMARY KEY (id, gen, n)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);

-- Opens the breaker if it still is in that state and generation. Each time in a row takes twice as long, up to ten
-- minutes, spread so that breakers do not probe together.
CREATE FUNCTION breaker_open(p_id uuid, p_workspace uuid, p_state text, p_gen int, p_open_ms float8, p_now timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  b breaker;
  nth int;
  until timestamptz;
BEGIN
  SELECT * INTO b FROM breaker WHERE id = p_id FOR UPDATE;
  -- Whoever has been well for ten minutes begins anew.
  nth := CASE WHEN b.id IS NULL OR (b.state = 'closed' AND b.changed_at < p_now - interval '10 minutes') THEN 1 ELSE b.opens + 1 END;
  until := p_now + least(p_open_ms * 2 ^ least(nth - 1, 30), greatest(600000, p_open_ms)) * (0.8 + 0.4 * random()) * interval '1 millisecond';
  INSERT INTO breaker AS r (id, workspace_id, state, gen, opens, open_until, changed_at)
    VALUES (p_id, p_workspace, 'open', p_gen + 1, nth, until, p_now)
    ON CONFLICT (id) DO UPDATE SET state = 'open', gen = excluded.gen, opens = nth, open_until = until, changed_at = p_now
    WHERE r.state = p_state AND r.gen = p_gen;
END $$;

-- Counts calls made while the breaker was closed, and opens it when too many of its window were bad.
CREATE FUNCTION breaker_count(s jsonb, p_now timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  breaker_id uuid := s ->> 'id';
  called_in int := s ->> 'gen';
  this_second bigint := floor(extract(epoch FROM p_now));
  w record;
BEGIN
  INSERT INTO breaker_slot AS t (id, gen, second, ok, fail, slow)
    VALUES (breaker_id, called_in, this_second, (s ->> 'ok')::int, (s ->> 'fail')::int, (s ->> 'slow')::int)
    ON CONFLICT (id, gen, second) DO UPDATE SET ok = t.ok + excluded.ok, fail = t.fail + excluded.fail, slow = t.slow + excluded.slow;
  SELECT sum(ok + fail) AS calls, sum(fail) AS fail, sum(slow) AS slow INTO w FROM breaker_slot
    WHERE id = breaker_id AND gen = called_in AND second > this_second - greatest(1, ceil((s ->> 'windowMs')::float8 / 1000));
  IF w.calls > 0 AND w.calls >= (s ->> 'minCalls')::int AND (w.fail >= (s ->> 'failureRatio')::float8 * w.calls OR w.slow >= w.calls) THEN
    PERFORM breaker_open(breaker_id, (s ->> 'workspaceId')::uuid, 'closed', called_in, (s ->> 'openMs')::float8, p_now);
  END IF;
END $$;

-- Takes back a probe with its result. The breaker's row is locked by the caller. Whose lease has lapsed and gone to
-- another decides nothing.
CREATE FUNCTION breaker_settle_probe(s jsonb, p_now timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  breaker_id uuid := s ->> 'id';
  called_in int := s ->> 'gen';
BEGIN
  UPDATE breaker_probe SET holder = NULL, lease_until = p_now, passed = s ->> 'verdict' = 'passed'
    WHERE id = breaker_id AND gen = called_in AND holder = s ->> 'probe' AND NOT passed;
  IF NOT FOUND OR s ->> 'verdict' = 'ignored' THEN RETURN; END IF;
  IF s ->> 'verdict' = 'failed' THEN
    PERFORM breaker_open(breaker_id, (s ->> 'workspaceId')::uuid, 'half_open', called_in, (s ->> 'openMs')::float8, p_now);
  ELSIF NOT EXISTS (SELECT FROM breaker_probe WHERE id = breaker_id AND gen = called_in AND NOT passed) THEN
    UPDATE breaker SET state = 'closed', gen = gen + 1, opens = 0, open_until = NULL, changed_at = p_now
      WHERE id = breaker_id AND state = 'half_open' AND gen = called_in;
  END IF;
END $$;

-- Takes results and tells the state of their breakers. Results of another generation than the current one are ignored.
CREATE FUNCTION breaker_report(p_samples jsonb) RETURNS SETOF breaker LANGUAGE plpgsql AS $$
DECLARE
  s jsonb;
  b breaker;
BEGIN
  -- Every statement locks in the order of ids.
  FOR s IN SELECT value FROM jsonb_array_elements(p_samples) ORDER BY value ->> 'id' LOOP
    IF s ->> 'probe' IS NULL THEN
      SELECT * INTO b FROM breaker WHERE id = (s ->> 'id')::uuid;
      IF coalesce(b.state, 'closed') = 'closed' AND coalesce(b.gen, 1) = (s ->> 'gen')::int THEN
        PERFORM breaker_count(s, clock_timestamp());
      END IF;
    ELSE
      SELECT * INTO b FROM breaker WHERE id = (s ->> 'id')::uuid FOR UPDATE;
      IF b.state = 'half_open' AND b.gen = (s ->> 'gen')::int THEN PERFORM breaker_settle_probe(s, clock_timestamp()); END IF;
    END IF;
  END LOOP;
  RETURN QUERY SELECT * FROM breaker WHERE id IN (SELECT (value ->> 'id')::uuid FROM jsonb_array_elements(p_samples));
END $$;

CREATE TYPE breaker_admission AS (no int, go boolean, probe boolean, state text, gen int, until timestamptz, decided_at timestamptz);

-- Decides one call at a breaker that is half open, or would be now. The breaker's row is locked by the caller.
CREATE FUNCTION breaker_try(b breaker, r jsonb, p_now timestamptz) RETURNS breaker_admission LANGUAGE plpgsql AS $$
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
  IF (r ->> 'repeatable')::boolean THEN
    SELECT n INTO free FROM breaker_probe
      WHERE id = b.id AND gen = b.gen AND NOT passed AND (lease_until IS NULL OR lease_until <= p_now OR holder = r ->> 'holder')
      ORDER BY holder = r ->> 'holder' DESC NULLS LAST, n LIMIT 1;
    IF free IS NOT NULL THEN
      UPDATE breaker_probe SET holder = r ->> 'holder', lease_until = p_now + lease WHERE id = b.id AND gen = b.gen AND n = free;
      RETURN (NULL, true, true, b.state, b.gen, NULL, p_now)::breaker_admission;
    END IF;
  ELSIF b.changed_at < p_now - lease AND NOT EXISTS (SELECT FROM breaker_probe WHERE id = b.id AND gen = b.gen AND lease_until > p_now - lease) THEN
    -- Only calls that must not be repeated come by now, and none of them may probe. Closed on trial rather than never again:
    -- `opens` stays, so a remote that is still down is left alone for longer.
    UPDATE breaker SET state = 'closed', gen = b.gen + 1, changed_at = p_now WHERE id = b.id RETURNING * INTO b;
    RETURN (NULL, true, false, b.state, b.gen, NULL, p_now)::breaker_admission;
  END IF;
  RETURN (NULL, false, false, b.state, b.gen, again, p_now)::breaker_admission;
END $$;

-- Lets calls through, or tells when to ask again.
CREATE FUNCTION breaker_admit(p_requests jsonb) RETURNS SETOF breaker_admission LANGUAGE plpgsql AS $$
DECLARE
  r record;
  b breaker;
  answer breaker_admission;
  now timestamptz;
BEGIN
  FOR r IN SELECT value, ordinality FROM jsonb_array_elements(p_requests) WITH ORDINALITY ORDER BY value ->> 'id', ordinality LOOP
    now := clock_timestamp();
    SELECT * INTO b FROM breaker WHERE id = (r.value ->> 'id')::uuid;
    IF b.state = 'half_open' OR (b.state = 'open' AND b.open_until <= now) THEN
      SELECT * INTO b FROM breaker WHERE id = b.id FOR UPDATE;
      now := clock_timestamp();
    END IF;
    IF coalesce(b.state, 'closed') = 'closed' THEN
      answer := (NULL, true, false, 'closed', coalesce(b.gen, 1), NULL, now);
    ELSIF b.state = 'isolated' THEN
      answer := (NULL, false, false, b.state, b.gen, now + interval '1 minute', now);
    ELSIF b.state = 'open' AND b.open_until > now THEN
      answer := (NULL, false, false, b.state, b.gen, b.open_until, now);
    ELSE
      answer := breaker_try(b, r.value, now);
    END IF;
    answer.no := r.ordinality;
    RETURN NEXT answer;
  END LOOP;
END $$;
