/**
 * The status an issue shows. A snooze ends by itself: past its time the issue counts as open, without anybody having to write
 * that down. `i` is the issue.
 */
export const shownStatus =
  "CASE WHEN i.status = 'snoozed' AND (i.snooze::json ->> 'until')::timestamptz <= now() THEN 'open' ELSE i.status END";

/** Whether it was resolved because its step works again, while items of it still wait. */
export const hasLeftItems = `(i.status = 'resolved' AND i.resolved_by_itself
  AND EXISTS (SELECT FROM dead_letter l WHERE l.issue_id = i.id AND l.status IN ('open', 'redriving')))`;

/** The hours of `arrivals`. */
const hours = 24;

/** Unix ms of the time an id begins with, of `dead_letter l`. In whole numbers: arithmetic with intervals would take most of the time of a hundred thousand items. */
const idMs = "('x' || translate(left(l.id::text, 13), '-', ''))::bit(48)::bigint";
const nowMs = "(SELECT (extract(epoch FROM now()) * 1000)::bigint)";

/** How many items came in which of the last 24 hours, oldest first: one look at the index of the issue's items, not one an hour. */
const arrivals = `
  CASE WHEN i.last_seen_at < now() - ${hours} * interval '1 hour' THEN array_fill(0, ARRAY[${hours}]) ELSE ARRAY(
    SELECT coalesce(came.n, 0) FROM generate_series(1, ${hours}) AS hour (ago) LEFT JOIN (
      SELECT least(${hours}, greatest(1, 1 + (${nowMs} - ${idMs}) / 3600000))::int AS ago, count(*)::int AS n
      FROM dead_letter l WHERE l.issue_id = i.id AND l.id >= uuid_at(now() - ${hours} * interval '1 hour') GROUP BY 1
    ) came USING (ago) ORDER BY ago DESC) END`;

/** How many more in the last day than in the day before. */
export const trend = `
  CASE WHEN i.last_seen_at < now() - interval '2 days' THEN 0 ELSE (
    SELECT count(*) FILTER (WHERE l.id >= uuid_at(now() - interval '1 day')) - count(*) FILTER (WHERE l.id < uuid_at(now() - interval '1 day'))
    FROM dead_letter l WHERE l.issue_id = i.id AND l.id >= uuid_at(now() - interval '2 days')) END`;

/** The columns of IssueRow, of `issue i`, `workflow w` and `connection c` that it is about, and `auth_user u` as assignee. */
export const issueColumns = `i.id, i.type, i.title, ${shownStatus} AS status, i.regressed, i.escalating, i.critical, i.workflow_id, w.name AS workflow_name,
  i.node_id, i.connection_id, c.name AS connection_name, i.assignee_id, u.name AS assignee_name, i.count, i.first_version, i.last_version, i.merged_into, i.snooze,
  i.resolved_in_version, i.resolved_by_itself, i.first_seen_at, i.opened_at, i.last_seen_at, i.note, coalesce(d.document, w.draft) AS document,
  (SELECT count(*)::int FROM dead_letter l WHERE l.issue_id = i.id AND l.status IN ('open', 'redriving')) AS open_count,
  ${arrivals} AS arrivals`;

export const issueTables = `issue i
  LEFT JOIN workflow w ON w.id = i.workflow_id
  LEFT JOIN connection c ON c.id = i.connection_id
  LEFT JOIN workflow_version v ON v.workflow_id = w.id AND v.version = w.live_version
  LEFT JOIN workflow_document d ON d.id = v.document_id
  LEFT JOIN auth_user u ON u.id = i.assignee_id`;
