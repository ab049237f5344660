-- A bulk redrive may change the frozen input of each item first: where, and to what.
ALTER TABLE redrive ADD COLUMN edit text;
