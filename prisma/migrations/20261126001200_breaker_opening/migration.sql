-- When breakers opened, for the figures of a step: `breaker` itself only knows how often in a row. Kept for two days.
CREATE TABLE breaker_opening (
  breaker_id uuid NOT NULL,
  opened_at timestamptz NOT NULL,
  PRIMARY KEY (breaker_id, opened_at)
);
CREATE INDEX breaker_opening_opened_at_idx ON breaker_opening (opened_at);

-- As before, and the opening is noted.
CREATE OR REPLACE FUNCTION breaker_open(p_id uuid, p_workspace uuid, p_state text, p_gen int, p_open_ms float8, p_now timestamptz)
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
  IF FOUND THEN
    INSERT INTO breaker_opening (breaker_id, opened_at) VALUES (p_id, p_now) ON CONFLICT DO NOTHING;
  END IF;
END $$;
