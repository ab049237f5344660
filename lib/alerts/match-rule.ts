import type { AlertKind } from "#lib/shared/alert-types.ts";

/** What happened to an issue, as rules see it. */
export interface News {
  kind: AlertKind;
  /** Null: of no workflow. */
  workflowId: string | null;
  type: string;
  critical: boolean;
}

export interface Rule {
  /** Empty: all. */
  workflowIds: readonly string[];
  /** Empty: all. */
  issueTypes: readonly string[];
  criticalOnly: boolean;
  kinds: readonly string[];
  enabled: boolean;
}

/** Whether a rule speaks of this. A muted one still does: what it would have sent is kept as suppressed. */
export function matchesRule(rule: Rule, news: News): boolean {
  return (
    rule.enabled &&
    rule.kinds.includes(news.kind) &&
    (news.critical || !rule.criticalOnly) &&
    (rule.issueTypes.length === 0 || rule.issueTypes.includes(news.type)) &&
    (rule.workflowIds.length === 0 || (news.workflowId !== null && rule.workflowIds.includes(news.workflowId)))
  );
}
