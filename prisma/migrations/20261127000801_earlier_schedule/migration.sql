-- A schedule that is changed while times of the old expression are still to be caught up with: these come from the old one (engine.md, scenario 16).
-- JSON list of { cron, timezone, untilMs }, oldest first; null nearly always.
ALTER TABLE workflow_trigger ADD COLUMN earlier_schedules text;
