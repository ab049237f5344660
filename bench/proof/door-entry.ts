import { randomBytes } from "node:crypto";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { openDb } from "#lib/db/db.ts";
import { hooksRoutes } from "#lib/door/hooks/routes.ts";
import { Intake } from "#lib/engine/ledger/intake.ts";
import { RunListener } from "#lib/engine/ledger/run-listener.ts";
import { Secrets } from "#lib/secrets/secrets.ts";

/* The hooks in a process of their own, without the pages: what a web process is to a sender. Tells its port to whoever forked it. */

const url = process.env.DATABASE_URL ?? "";
const { pool } = openDb({ url, applicationName: "sluice door" });
const routes = hooksRoutes({
  pool,
  intake: new Intake({ pool }),
  listener: new RunListener({ pool, url }),
  secrets: new Secrets({ pool, key: randomBytes(32) }),
  settings: { baseUrl: "https://sluice.example", maxBodyBytes: 10_000 },
});
const app = new Hono().route("/hooks", routes);
const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, () => {
  process.send?.({ port: (server.address() as AddressInfo).port }); // safe because it listens on TCP
});
process.on("disconnect", () => process.exit(1));
