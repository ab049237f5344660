import type pg from "pg";
import type { Context } from "./context.ts";

/** No list may keep the database busy for longer. */
const timeoutMs = 5_000;

/** Runs a query of a screen: read only, and cut off after 5 s, however it is filtered. */
export async function listQuery<Row extends pg.QueryResultRow>(ctx: Pick<Context, "db">, text: string, values: unknown[]): Promise<Row[]> {
  const client = await ctx.db.pool.connect();
  try {
    await client.query(`BEGIN READ ONLY; SET LOCAL statement_timeout = ${timeoutMs}`);
    const { rows } = await client.query<Row>(text, values);
    return rows;
  } finally {
    // Nothing was written, so ending the transaction either way is the same; a broken connection is dropped.
    await client.query("ROLLBACK").then(
      () => client.release(),
      (error: Error) => client.release(error),
    );
  }
}

/** Collects conditions and their values, numbering the placeholders. */
export class Conditions {
  readonly values: unknown[] = [];
  readonly #parts: string[] = [];

  /** Adds a condition in which every `?` stands for the value; a missing value adds nothing. */
  add(condition: string, value: unknown): this {
    if (value === undefined || value === null) return this;
    this.values.push(value);
    this.#parts.push(`(${condition.replaceAll("?", `$${this.values.length}`)})`);
    return this;
  }

  /** Numbers one more value, for a condition that is put together elsewhere. */
  value(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }

  get sql(): string {
    return this.#parts.join(" AND ");
  }
}
