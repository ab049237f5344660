-- Which items of a bulk act come first. Their positions are given when it is made; this is for people to read.
ALTER TABLE redrive ADD COLUMN item_order text NOT NULL DEFAULT 'oldest';
ALTER TABLE run_batch ADD COLUMN item_order text NOT NULL DEFAULT 'oldest';
