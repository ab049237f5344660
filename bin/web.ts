import { join } from "node:path";
import { getRequestListener } from "@hono/node-server";
import { openDb } from "#lib/db/db.ts";
import { createDoor } from "#lib/door/app.ts";
import { Intake } from "#lib/engine/ledger/intake.ts";
import { RunListener } from "#lib/engine/ledger/run-listener.ts";
import { createEgressPolicy, ownDoor } from "#lib/outbound/egress-policy.ts";
import { createMail } from "#lib/outbound/mail.ts";
import { Outbound } from "#lib/outbound/outbound.ts";
import { CallbackLinks } from "#lib/secrets/callback-links.ts";
import { Secrets } from "#lib/secrets/secrets.ts";
import { parseSettings } from "#lib/shared/settings.ts";
import { createLogger } from "#lib/telemetry/logger.ts";
import packageJson from "../package.json" with { type: "json" };
import { loadSecretKey } from "./secret-key.ts";
import { endWithSupervisor } from "./supervised.ts";
import { createPages } from "./web/pages.ts";
import { createWebServer } from "./web/server.ts";

const drainMs = 20_000;
const logger = createLogger({ name: "web" });
const settings = parseSettings(process.env);
const url = settings.databaseUrl;
if (url === null) throw new Error("DATABASE_URL is not set: a web process needs the database that the workers use");

const db = openDb({ url, applicationName: "sluice web", maxConnections: 20 });
const { pool } = db;
const secretKey = Buffer.from(await loadSecretKey(settings), "base64");
const secrets = new Secrets({ pool, key: secretKey });
const listener = new RunListener({ pool, url });
const outbound = new Outbound({ policy: createEgressPolicy({ allow: settings.egressAllow, door: ownDoor(settings) }) });
const shutdown = new AbortController();
const dev = settings.nodeEnv === "development";

const pages = createPages({ dev, dir: join(import.meta.dirname, ".."), host: settings.host, port: settings.port });
const door = createDoor({
  db,
  settings,
  secretKey,
  intake: new Intake({ pool }),
  listener,
  secrets,
  links: new CallbackLinks({ secretKey, baseUrl: settings.baseUrl }),
  outbound,
  mail: createMail(settings),
  version: packageJson.version,
  shutdown: shutdown.signal,
});
const server = createWebServer({
  // Global Request and Response stay Node's own: the page renderer builds on them.
  door: getRequestListener(door.fetch, { overrideGlobalObjects: false }),
  pages: pages.handle,
  https: settings.baseUrl.startsWith("https://"),
  dev,
});

endWithSupervisor(async () => {
  shutdown.abort();
  await server.drain(drainMs);
  await Promise.all([listener.stop(), outbound.close(), pages.close()]);
  await db.close();
});
await Promise.all([secrets.verifyKey(), listener.start(), pages.prepare()]);
if (dev) server.http.on("upgrade", pages.upgrade);
await server.listen(settings.port, settings.host);
logger.info({ url: settings.baseUrl, host: settings.host, port: settings.port }, "the web process answers");
