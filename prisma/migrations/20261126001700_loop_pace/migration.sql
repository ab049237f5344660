-- How a loop under way goes on, where a person has changed that: JSON text of {concurrency, tolerate}. Null: as its document says.
-- A column of its own, for the worker that holds the run writes the others and never this one.
ALTER TABLE step ADD COLUMN loop_pace text;
