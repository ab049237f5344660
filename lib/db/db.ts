import { createRequire } from "node:module";
import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { createLogger } from "#lib/telemetry/logger.ts";
import type { PrismaClient } from "./generated/client.ts";

export type { PrismaClient } from "./generated/client.ts";

/** The database: a pool for SQL, and Prisma on the same pool for the services' plain reads and writes. */
export interface Db {
  pool: pg.Pool;
  /** Loaded on first use, so that workers, which speak SQL only, never pay for it. */
  readonly prisma: PrismaClient;
  close(): Promise<void>;
}

export interface DbOptions {
  url: string;
  maxConnections?: number;
  applicationName: string;
  /** For the few statements that look rows up by key thousands of times a second: they are planned once, and for tables that grow. */
  byKey?: boolean;
}

/**
 * Of a partition that has not been analysed yet, a new week's or a new installation's, PostgreSQL believes that it is tiny: it plans
 * to read it whole, and keeps to that plan for the minute in which the partition grows by a hundred thousand rows. It also plans
 * statements with arrays anew each time, for a third of what they cost. Rows found by their key need neither.
 */
const byKeySettings = ["plan_cache_mode=force_generic_plan", "enable_seqscan=off", "enable_hashjoin=off", "enable_mergejoin=off"];

const logger = createLogger({ name: "db" });

/** Opens the database. Nothing is connected until the first query. */
export function openDb(options: DbOptions): Db {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.maxConnections ?? 10,
    application_name: options.applicationName,
    ...(options.byKey ? { options: byKeySettings.map((setting) => `-c ${setting}`).join(" ") } : {}),
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: 30_000,
    idle_in_transaction_session_timeout: 30_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  });
  // A lost idle connection is normal when the server restarts; without a listener it would end the process.
  pool.on("error", (error) => logger.warn({ err: error, application: options.applicationName }, "a database connection was lost"));

  pool.on("connect", (client) => client.on("error", () => undefined)); // lost while in use: the query under way reports it

  let prisma: PrismaClient | null = null;
  let closing: Promise<void> | null = null;
  return {
    pool,
    get prisma() {
      prisma ??= loadPrisma(pool);
      return prisma;
    },
    close() {
      closing ??= (async () => {
        await prisma?.$disconnect();
        await pool.end();
      })();
      return closing;
    },
  };
}

function loadPrisma(pool: pg.Pool): PrismaClient {
  const load = createRequire(import.meta.url);
  const generated: typeof import("./generated/client.ts") = load("./generated/client.ts");
  return new generated.PrismaClient({ adapter: new PrismaPg(pool) });
}
