-- A bulk redrive may also be a bulk discard, or the taking back of one: the same object, with the same progress.
ALTER TABLE redrive
  ADD COLUMN act text NOT NULL DEFAULT 'redrive' CHECK (act IN ('redrive', 'discard', 'reopen')),
  ADD COLUMN reason text;
