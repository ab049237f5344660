import { hash } from "node:crypto";
import type pg from "pg";
import { documentSchema, type WorkflowDocument } from "#lib/graph/document.ts";
import { webhook } from "#lib/nodes/webhook/definition.ts";
import { createLogger } from "#lib/telemetry/logger.ts";
import type { WebhookConfig } from "#lib/triggers/webhook/verify.ts";
import { unavailable } from "./refusal.ts";

/** A webhook trigger of a live version, ready to take deliveries. */
export interface HookTrigger {
  id: string;
  workspaceId: string;
  workflowId: string;
  nodeId: string;
  documentId: string;
  version: number;
  config: WebhookConfig;
  paused: boolean;
  statusSecret: string | null;
  settings: WorkflowDocument["settings"];
  /** The version that takes a share of the deliveries, if it has this trigger too. */
  canary: { version: number; documentId: string; percent: number; settings: WorkflowDocument["settings"] } | null;
}

interface TriggerRow {
  id: string;
  workspace_id: string;
  workflow_id: string;
  node_id: string;
  document_id: string;
  version: number;
  config: string;
  paused: boolean;
  status_secret: string | null;
  canary_version: number | null;
  canary_document_id: string | null;
  canary_percent: number | null;
}

interface DocumentFacts {
  /** The ids of its webhooks. */
  triggers: ReadonlySet<string>;
  settings: WorkflowDocument["settings"];
}

interface Known {
  at: number;
  trigger: Promise<HookTrigger | null>;
}

const freshMs = 1_000;
const maxKnown = 10_000;
/** Guesses of addresses must not take the database's connections from deliveries. */
const maxUnknownLookups = 8;
const tokenForm = /^[A-Za-z0-9_-]{20,64}$/;
const logger = createLogger({ name: "hooks" });

/*
 * A trigger whose node is no longer in the live version keeps its row, with the version it was last in. While a workflow
 * is paused its triggers are switched off, but their addresses stay known, so that senders are told to come back.
 */
const findTrigger = {
  name: "find-hook-trigger",
  text: `SELECT t.id, t.workspace_id, t.workflow_id, t.node_id, t.document_id, t.version, t.config, t.status_secret, w.paused_at IS NOT NULL AS paused,
           o.version AS canary_version, o.document_id AS canary_document_id, o.percent AS canary_percent
         FROM workflow_trigger t JOIN workflow w ON w.id = t.workflow_id
         LEFT JOIN workflow_rollout o ON o.workflow_id = w.id AND o.ended_at IS NULL AND o.state = 'ramping'
         WHERE t.token_hash = $1 AND t.type = 'webhook' AND t.document_id IS NOT NULL AND t.version = w.live_version
           AND w.archived_at IS NULL AND (t.enabled OR w.paused_at IS NOT NULL)`,
};

/** Finds triggers by the token in their address. What it gives is at most a second old. */
export class HookTriggers {
  readonly #pool: pg.Pool;
  readonly #known = new Map<string, Known>();
  /** Documents are immutable, so this never goes stale. */
  readonly #documents = new Map<string, DocumentFacts>();
  #unknownLookups = 0;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** Null for anything that is no address of a live webhook. Throws a HookRefusal under a flood of guesses. */
  find(token: string): Promise<HookTrigger | null> {
    const known = this.#known.get(token);
    if (known !== undefined && performance.now() - known.at < freshMs) return known.trigger;
    if (!tokenForm.test(token)) return Promise.resolve(null);
    if (known === undefined && this.#unknownLookups >= maxUnknownLookups)
      return Promise.reject(unavailable("too many addresses are being looked up"));
    const trigger = this.#lookUp(token, known === undefined);
    this.#remember(token, trigger);
    return trigger;
  }

  #remember(token: string, trigger: Promise<HookTrigger | null>): void {
    if (this.#known.size >= maxKnown) this.#known.clear();
    const entry = { at: performance.now(), trigger };
    this.#known.set(token, entry);
    const forget = () => {
      if (this.#known.get(token) === entry) this.#known.delete(token);
    };
    trigger.then((found) => found === null && forget(), forget);
  }

  async #lookUp(token: string, unknown: boolean): Promise<HookTrigger | null> {
    if (unknown) this.#unknownLookups++;
    try {
      const { rows } = await this.#pool.query<TriggerRow>({ ...findTrigger, values: [hash("sha256", token, "buffer")] });
      const [row] = rows;
      return row === undefined ? null : await this.#toTrigger(row);
    } finally {
      if (unknown) this.#unknownLookups--;
    }
  }

  async #toTrigger(row: TriggerRow): Promise<HookTrigger | null> {
    const config = webhook.config.safeParse(JSON.parse(row.config));
    if (!config.success) {
      logger.error({ triggerId: row.id, problem: config.error.issues[0]?.message }, "the config of a webhook trigger cannot be read");
      return null;
    }
    return {
      id: row.id,
      workspaceId: row.workspace_id,
      workflowId: row.workflow_id,
      nodeId: row.node_id,
      documentId: row.document_id,
      version: row.version,
      config: config.data,
      paused: row.paused,
      statusSecret: row.status_secret,
      settings: (await this.#documentFacts(row.document_id)).settings,
      canary: await this.#canary(row),
    };
  }

  async #canary(row: TriggerRow): Promise<HookTrigger["canary"]> {
    if (row.canary_version === null || row.canary_document_id === null || row.canary_percent === null) return null;
    const { triggers, settings } = await this.#documentFacts(row.canary_document_id);
    // A version without this trigger cannot take what arrives at it.
    if (!triggers.has(row.node_id)) return null;
    return { version: row.canary_version, documentId: row.canary_document_id, percent: row.canary_percent, settings };
  }

  async #documentFacts(documentId: string): Promise<DocumentFacts> {
    const known = this.#documents.get(documentId);
    if (known !== undefined) return known;
    const { rows } = await this.#pool.query<{ document: string }>("SELECT document FROM workflow_document WHERE id = $1", [documentId]);
    const document = documentSchema.parse(JSON.parse(rows[0]?.document ?? "null"));
    const webhooks = document.nodes.filter((node) => node.type === webhook.type && !node.disabled);
    const facts = { triggers: new Set(webhooks.map((node) => node.id)), settings: document.settings };
    if (this.#documents.size >= maxKnown) this.#documents.clear();
    this.#documents.set(documentId, facts);
    return facts;
  }
}
