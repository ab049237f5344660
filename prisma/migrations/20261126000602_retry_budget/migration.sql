-- How much of what a remote gets may be retries (engine.md 1.4). lib/policies/retry-budget.ts is the same as a pure machine.

CREATE TABLE retry_budget (
  id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL,
  -- Retries that may go now; below 0: turns given out in advance.
  tokens float8 NOT NULL,
  -- First attempts lately: each weighs less the longer ago it was.
  calls float8 NOT NULL,
  updated_at timestamptz NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);

-- Steps whose retry was postponed, each with its turn. Asking again keeps it.
CREATE TABLE retry_turn (
  holder text PRIMARY KEY,
  due_at timestamptz NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);

CREATE TYPE retry_answer AS (no int, go boolean, due timestamptz);

-- One retry that wants to go, at a budget whose row is locked and brought up to now. A turn lapses when it is not used within
-- the window: what waited for an open breaker must not come all at once after it.
CREATE FUNCTION retry_take(b retry_budget, p_holder text, s jsonb, p_now timestamptz) RETURNS retry_answer LANGUAGE plpgsql AS $$
DECLARE
  turn timestamptz;
BEGIN
  SELECT due_at INTO turn FROM retry_turn WHERE holder = p_holder;
  IF turn > p_now THEN RETURN (NULL, false, turn)::retry_answer; END IF;
  IF turn IS NOT NULL THEN
    DELETE FROM retry_turn WHERE holder = p_holder;
    IF turn > p_now - (s ->> 'windowMs')::float8 * interval '1 millisecond' THEN RETURN (NULL, true, p_now)::retry_answer; END IF;
  END IF;
  UPDATE retry_budget SET tokens = tokens - 1 WHERE id = b.id;
  IF b.tokens >= 1 THEN RETURN (NULL, true, p_now)::retry_answer; END IF;
  turn := p_now + (1 - b.tokens) / (s ->> 'perSecond')::float8 * interval '1 second';
  INSERT INTO retry_turn (holder, due_at) VALUES (p_holder, turn) ON CONFLICT (holder) DO UPDATE SET due_at = excluded.due_at;
  RETURN (NULL, false, turn)::retry_answer;
END $$;

-- Brings a budget up to now, with first attempts made and tokens handed back since, and locks its row.
CREATE FUNCTION retry_credit(r jsonb, s jsonb) RETURNS retry_budget LANGUAGE plpgsql AS $$
DECLARE
  b retry_budget;
  now timestamptz;
  passed_s float8;
  ratio float8 := s ->> 'ratio';
  burst float8 := s ->> 'burst';
  made float8 := coalesce((r ->> 'calls')::float8, 0);
BEGIN
  INSERT INTO retry_budget (id, workspace_id, tokens, calls, updated_at)
    VALUES ((r ->> 'id')::uuid, (r ->> 'workspaceId')::uuid, burst, 0, clock_timestamp()) ON CONFLICT DO NOTHING;
  SELECT * INTO b FROM retry_budget WHERE id = (r ->> 'id')::uuid FOR UPDATE;
  now := clock_timestamp();
  passed_s := greatest(0, extract(epoch FROM now - b.updated_at));
  b.calls := b.calls * exp(-passed_s * 1000 / (s ->> 'windowMs')::float8);
  b.tokens := least(b.tokens + passed_s * (s ->> 'perSecond')::float8, burst + ratio * b.calls);
  b.calls := b.calls + made;
  b.tokens := least(b.tokens + ratio * made + coalesce((r ->> 'back')::float8, 0), burst + ratio * b.calls);
  b.updated_at := now;
  UPDATE retry_budget SET tokens = b.tokens, calls = b.calls, updated_at = now WHERE id = b.id;
  RETURN b;
END $$;

-- Takes what happened at budgets, and answers the retries that want to go. In the order of ids, as every statement locks.
CREATE FUNCTION retry_budget_move(p_items jsonb, p_settings jsonb) RETURNS SETOF retry_answer LANGUAGE plpgsql AS $$
DECLARE
  r record;
  b retry_budget;
  answer retry_answer;
BEGIN
  FOR r IN SELECT value, ordinality FROM jsonb_array_elements(p_items) WITH ORDINALITY ORDER BY value ->> 'id', ordinality LOOP
    b := retry_credit(r.value, p_settings);
    IF r.value ->> 'holder' IS NULL THEN CONTINUE; END IF;
    answer := retry_take(b, r.value ->> 'holder', p_settings, clock_timestamp());
    answer.no := r.ordinality;
    RETURN NEXT answer;
  END LOOP;
END $$;
