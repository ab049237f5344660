import { openDb } from "#lib/db/db.ts";
import { Worker } from "#lib/runtime/worker.ts";
import { createAlerts, createWorld } from "#lib/runtime/world.ts";
import { CallbackLinks } from "#lib/secrets/callback-links.ts";
import { Secrets } from "#lib/secrets/secrets.ts";
import { parseSettings } from "#lib/shared/settings.ts";
import { createLogger } from "#lib/telemetry/logger.ts";
import packageJson from "../package.json" with { type: "json" };
import { loadSecretKey } from "./secret-key.ts";
import { endWithSupervisor } from "./supervised.ts";

/** How long a worker that must end may still write what was on its way to the database. */
const lastWordsMs = 2_000;

const settings = parseSettings(process.env);
const logger = createLogger({ name: "worker" });
const url = settings.databaseUrl;
if (url === null) throw new Error("DATABASE_URL is not set: a worker needs the database that the web process uses");

// Ledger and claims each keep one connection busy; graphile-worker listens on one and fetches on others.
const byKey = openDb({ url, applicationName: "sluice worker", maxConnections: 7, byKey: true });
const db = openDb({ url, applicationName: "sluice worker", maxConnections: 6 });
const key = Buffer.from(await loadSecretKey(settings), "base64");
const secrets = new Secrets({ pool: db.pool, key });
const worker = new Worker({
  pool: db.pool,
  byKeyPool: byKey.pool,
  url,
  concurrency: settings.workerConcurrency,
  retentionDays: settings.retentionDays,
  version: packageJson.version,
  logger,
  world: createWorld({
    pool: db.pool,
    settings,
    secrets,
    links: new CallbackLinks({ secretKey: key, baseUrl: settings.baseUrl }),
  }),
  alerts: createAlerts({ pool: db.pool, settings, secrets }),
  onFatal: (reason) => {
    // Not a drain: what this process believes it holds may be another's by now. Answers that came too late are noted down.
    logger.fatal({ reason }, "the worker ends");
    const end = () => process.exit(1);
    setTimeout(end, lastWordsMs).unref();
    void worker.idle().then(end, end);
  },
});
endWithSupervisor(async () => {
  await worker.stop();
  await Promise.all([byKey.close(), db.close()]);
});
await worker.start();
logger.info({ workerId: worker.id }, "the worker takes runs");
