/**
 * The status an issue shows. A snooze ends by itself: past its time the issue counts as open, without anybody having to write
 * that down. `i` is the issue.
 */
export const shownStatus =
  "CASE WHEN i.status = 'snoozed' AND (i.snooze::json ->> 'until')::timestamptz <= now() THEN 'open' ELSE i.status END";

/** The columns of IssueRow, of `issue i`, `workflow w`, and `auth_user u` as assignee. */
export const issueColumns = `i.id, i.type, i.title, ${shownStatus} AS status, i.regressed, i.escalating, i.critical, i.workflow_id, w.name AS workflow_name,
  i.node_id, i.assignee_id, u.name AS assignee_name, i.count, i.first_version, i.last_version, i.merged_into, i.snooze,
  i.resolved_in_version, i.first_seen_at, i.last_seen_at, i.note, coalesce(d.document, w.draft) AS document,
  (SELECT count(*)::int FROM dead_letter l WHERE l.issue_id = i.id AND l.status IN ('open', 'redriving')) AS open_count`;

export const issueTables = `issue i
  JOIN workflow w ON w.id = i.workflow_id
  LEFT JOIN workflow_version v ON v.workflow_id = w.id AND v.version = w.live_version
  LEFT JOIN workflow_document d ON d.id = v.document_id
  LEFT JOIN auth_user u ON u.id = i.assignee_id`;
