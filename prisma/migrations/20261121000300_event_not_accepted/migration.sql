-- A trigger's few refused deliveries are found among its many accepted ones, which this costs nothing.
CREATE INDEX event_not_accepted_idx ON event (trigger_id, outcome, id DESC) WHERE outcome <> 'accepted';
