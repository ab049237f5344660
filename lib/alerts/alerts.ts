import type pg from "pg";
import { statement } from "#lib/db/statement.ts";
import type { AlertKind } from "#lib/shared/alert-types.ts";
import { AppError } from "#lib/shared/errors.ts";
import { newId } from "#lib/shared/ids.ts";
import { isJsonObject } from "#lib/shared/json.ts";
import { attemptMs, type Carriers, type ChannelAddress, deliver } from "./deliver.ts";
import { type Answer, judgeAnswer, type Verdict } from "./judge-answer.ts";
import { matchesRule } from "./match-rule.ts";
import { composeMessage, type IssueFacts, type Message, tellOnce, toldInFull } from "./message.ts";
import { planMessage } from "./plan-message.ts";

const unroutedNews = statement(new URL("./sql/unrouted-news.sql", import.meta.url));
const rulesInForce = statement(new URL("./sql/rules-in-force.sql", import.meta.url));
const putAlerts = statement(new URL("./sql/put-alerts.sql", import.meta.url));
const armAlerts = statement(new URL("./sql/arm-alerts.sql", import.meta.url));
const findOpenChannel = statement(new URL("./sql/find-open-channel.sql", import.meta.url));
const dueAlerts = statement(new URL("./sql/due-alerts.sql", import.meta.url));
const takeAlerts = statement(new URL("./sql/take-alerts.sql", import.meta.url));
const alertFacts = statement(new URL("./sql/alert-facts.sql", import.meta.url));
const settleAlerts = statement(new URL("./sql/settle-alerts.sql", import.meta.url));

/** Longer than an attempt may take. */
const holdMs = 3 * attemptMs;

interface NewsRow {
  issue_id: string;
  episode: number;
  kind: AlertKind;
  workspace_id: string;
  workflow_id: string | null;
  type: string;
  critical: boolean;
}

interface RuleRow {
  id: string;
  workspace_id: string;
  workflow_ids: string[];
  issue_types: string[];
  critical_only: boolean;
  kinds: string[];
  channel_ids: string[];
  enabled: boolean;
  muted: string | null;
}

interface ChannelRow {
  id: string;
  workspace_id: string;
  sealed: string;
  grants: string;
  failing_for_ms: number;
  now_ms: number;
}

interface DueRow {
  id: string;
  message_id: string | null;
  issue_id: string;
  kind: AlertKind;
}

interface FactsRow {
  kind: AlertKind;
  issue_id: string;
  type: string;
  title: string;
  workflow_name: string | null;
  node_id: string | null;
  count: number;
  first_seen_at: Date;
  last_seen_at: Date;
  document: string | null;
  rule_name: string;
}

/** Opens what services sealed for a channel. */
export interface ChannelSecrets {
  openText(request: { workspaceId: string; owner: string; sealed: string }): Promise<string>;
}

/** What a channel's sealed address is bound to. */
export function channelOwner(channelId: string): string {
  return `alert_channel ${channelId}`;
}

/**
 * Tells people of issues. What is to be told is a row that stands beside the issue's change; from there each step is one idempotent
 * statement, so whoever dies between two loses nothing. Nothing here is waited for by a run.
 */
export class Alerts {
  readonly #pool: pg.Pool;
  readonly #secrets: ChannelSecrets;
  readonly #carriers: Carriers;
  readonly #baseUrl: string;

  constructor(options: { pool: pg.Pool; secrets: ChannelSecrets; carriers: Carriers; baseUrl: string }) {
    this.#pool = options.pool;
    this.#secrets = options.secrets;
    this.#carriers = options.carriers;
    this.#baseUrl = options.baseUrl;
  }

  /** Adds the jobs that are due; called every few seconds by every worker. */
  async arm(): Promise<void> {
    await this.#pool.query(armAlerts);
  }

  /** Makes alerts of what happened to issues, by the rules. */
  async route(): Promise<void> {
    for (;;) {
      const { rows: news } = await this.#pool.query<NewsRow>(unroutedNews);
      if (news.length === 0) return;
      const workspaces = [...new Set(news.map((one) => one.workspace_id))];
      const { rows: rules } = await this.#pool.query<RuleRow>({ ...rulesInForce, values: [workspaces] });
      const alerts = news.flatMap((one) => rules.flatMap((rule) => alertsOf(one, rule)));
      await this.#pool.query({
        ...putAlerts,
        values: [
          ...[news.map((one) => one.issue_id), news.map((one) => one.episode), news.map((one) => one.kind)],
          alerts.map(() => newId()),
          ...[alerts.map(({ one }) => one.workspace_id), alerts.map(({ rule }) => rule.id), alerts.map(({ channelId }) => channelId)],
          ...[alerts.map(({ one }) => one.issue_id), alerts.map(({ one }) => one.episode), alerts.map(({ one }) => one.kind)],
          alerts.map(({ rule }) => rule.muted),
        ],
      });
    }
  }

  /** Sends what is due through a channel, message by message, until one fails or nothing may go out any more. */
  async send(channelId: string): Promise<void> {
    while (await this.#sendNext(channelId));
  }

  async #sendNext(channelId: string): Promise<boolean> {
    const channels = await this.#pool.query<ChannelRow>({ ...findOpenChannel, values: [channelId] });
    const channel = channels.rows[0];
    if (channel === undefined) return false;
    const { rows: due } = await this.#pool.query<DueRow>({ ...dueAlerts, values: [channelId] });
    if (due.length === 0) return false;
    const plan = planMessage({
      due: due.map((row) => ({ id: row.id, about: `${row.issue_id} ${row.kind}`, messageId: row.message_id })),
      grants: JSON.parse(channel.grants) as number[], // safe because only this class writes it
      now: Math.floor(channel.now_ms),
    });
    const messageId = plan.message?.messageId ?? newId();
    const chosen = plan.message?.alertIds ?? [];
    const values = [channelId, channel.grants, JSON.stringify(plan.grants), plan.resumeAtMs, messageId, holdMs, chosen];
    const { rows: taken } = await this.#pool.query<{ id: string; attempts: number }>({ ...takeAlerts, values });
    if (taken.length === 0) return false;
    const ids = new Set(taken.map(({ id }) => id));
    const message = await this.#compose(
      messageId,
      channel,
      due.filter(({ id }) => ids.has(id)),
    );
    return this.#deliver(channel, message, Math.max(...taken.map(({ attempts }) => attempts)));
  }

  async #compose(id: string, channel: ChannelRow, due: DueRow[]): Promise<Message> {
    const told = tellOnce(due.map((row) => ({ id: row.id, issueId: row.issue_id, kind: row.kind })));
    const inFull = told.slice(0, toldInFull).map((one) => one.id);
    const { rows } = await this.#pool.query<FactsRow>({ ...alertFacts, values: [inFull] });
    const at = new Date(channel.now_ms);
    return composeMessage({ id, at, facts: rows.map(toFacts), total: told.length, baseUrl: this.#baseUrl });
  }

  async #deliver(channel: ChannelRow, message: Message, attempts: number): Promise<boolean> {
    const answer = await this.#attempt(channel, message);
    const verdict = judgeAnswer(answer, { attempts, failingForMs: channel.failing_for_ms });
    await this.#pool.query({
      ...settleAlerts,
      values: [channel.id, message.id, ...settling(verdict), answer.text, ...afterwards(verdict)],
    });
    return verdict.next === "sent";
  }

  async #attempt(channel: ChannelRow, message: Message): Promise<Answer> {
    try {
      const owner = channelOwner(channel.id);
      const opened = await this.#secrets.openText({ workspaceId: channel.workspace_id, owner, sealed: channel.sealed });
      const address = JSON.parse(opened) as ChannelAddress; // safe because the services wrote it
      return (await deliver(this.#carriers, { address, message, now: channel.now_ms })).answer;
    } catch (error) {
      // The instance's key was exchanged: a person has to enter the address again.
      if (error instanceof AppError) return { status: null, text: error.message, retryAfterMs: null };
      throw error;
    }
  }
}

function alertsOf(one: NewsRow, rule: RuleRow): { one: NewsRow; rule: RuleRow; channelId: string }[] {
  const { workflow_ids: workflowIds, issue_types: issueTypes, critical_only: criticalOnly, kinds, enabled } = rule;
  const news = { kind: one.kind, workflowId: one.workflow_id, type: one.type, critical: one.critical };
  if (rule.workspace_id !== one.workspace_id) return [];
  if (!matchesRule({ workflowIds, issueTypes, criticalOnly, kinds, enabled }, news)) return [];
  return rule.channel_ids.map((channelId) => ({ one, rule, channelId }));
}

function toFacts(row: FactsRow): IssueFacts {
  const node = row.document === null ? null : nodeOf(row.document, row.node_id);
  return {
    kind: row.kind,
    issueId: row.issue_id,
    type: row.type,
    title: row.title,
    workflowName: row.workflow_name,
    stepName: node?.name ?? null,
    count: row.count,
    firstSeenAt: row.first_seen_at,
    lastSeenAt: row.last_seen_at,
    runbook: node?.notes ?? "",
    ruleName: row.rule_name,
  };
}

/** Of a document that may be a draft, and so may hold anything. */
function nodeOf(documentText: string, nodeId: string | null): { name: string; notes: string } | null {
  const document: unknown = JSON.parse(documentText);
  const nodes = isJsonObject(document) && Array.isArray(document.nodes) ? document.nodes : [];
  const node = nodes.find((one) => isJsonObject(one) && one.id === nodeId);
  if (!isJsonObject(node) || typeof node.name !== "string") return null;
  return { name: node.name, notes: typeof node.notes === "string" ? node.notes : "" };
}

/** The state of the message's alerts, and in how many ms they are tried again. */
function settling(verdict: Verdict): [string, number] {
  if (verdict.next === "retry") return ["pending", verdict.inMs];
  return [verdict.next === "sent" ? "sent" : "failed", 0];
}

/** For how many ms the channel waits, and why it is turned off; null for neither. */
function afterwards(verdict: Verdict): [number | null, string | null] {
  if (verdict.next === "disable") return [null, verdict.reason];
  return [verdict.next === "retry" ? verdict.pauseMs : null, null];
}
