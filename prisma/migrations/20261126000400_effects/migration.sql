-- Effects exactly once: what must outlive a worker to know what became of a call, and what is to be undone.

-- Whose idempotency keys a replay uses: those of another run (its effects are deduplicated), or its own id: keys of a new
-- generation (its effects are repeated, once). Null: an ordinary run.
ALTER TABLE run ADD COLUMN keys_of uuid;
-- When the undoing of what the run did began. From then on it is not continued forward.
ALTER TABLE run ADD COLUMN undo_at timestamptz;

-- Calls of the step that may have been applied and of which that is not known yet (JSON; lib/policies/reconcile.ts).
ALTER TABLE step ADD COLUMN unsettled text;
-- Part of the outbound key of a step without a key of its author's; of all others the record holds it.
ALTER TABLE step ADD COLUMN key_generation int NOT NULL DEFAULT 1;
-- The place of an action among those its run has sent that can be undone. Set in the transaction that marks it SENT.
ALTER TABLE step ADD COLUMN undo_seq int;

-- A look asks the remote whether an earlier call was applied; it is an attempt of its own, and no try of the call.
ALTER TABLE attempt ADD COLUMN kind text NOT NULL DEFAULT 'call' CHECK (kind IN ('call', 'lookup'));

ALTER TABLE idempotency_record ADD COLUMN last_sent_at timestamptz;
