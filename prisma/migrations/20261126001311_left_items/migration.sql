-- An issue that was resolved because its step works again may have items that nobody has run again: they are still shown for review.
ALTER TABLE issue ADD COLUMN resolved_by_itself boolean NOT NULL DEFAULT false;
