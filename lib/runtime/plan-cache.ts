import type pg from "pg";
import { planDocument, type RunPlan } from "#lib/engine/plan.ts";
import { documentSchema } from "#lib/graph/document.ts";

const kept = 500;

/** Plans of documents, by id. Documents are immutable, so a plan is never stale; the least recently used one goes first. */
export class PlanCache {
  readonly #pool: pg.Pool;
  readonly #plans = new Map<string, Promise<RunPlan>>();

  constructor({ pool }: { pool: pg.Pool }) {
    this.#pool = pool;
  }

  /** Rejects when the document is missing or cannot be executed by this release. */
  get(documentId: string): Promise<RunPlan> {
    const known = this.#plans.get(documentId);
    if (known) {
      this.#plans.delete(documentId);
      this.#plans.set(documentId, known);
      return known;
    }
    const loading = this.#load(documentId);
    this.#plans.set(documentId, loading);
    // A failure may be of the database; it must not stick.
    loading.catch(() => this.#plans.delete(documentId));
    const [oldest] = this.#plans.keys();
    if (this.#plans.size > kept && oldest !== undefined) this.#plans.delete(oldest);
    return loading;
  }

  async #load(documentId: string): Promise<RunPlan> {
    const { rows } = await this.#pool.query<{ document: string }>("SELECT document FROM workflow_document WHERE id = $1", [documentId]);
    if (!rows[0]) throw new Error(`document ${documentId} does not exist`);
    return planDocument(documentSchema.parse(JSON.parse(rows[0].document)));
  }
}
