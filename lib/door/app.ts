import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import type { Db } from "#lib/db/db.ts";
import type { Capabilities } from "#lib/services/context.ts";
import type { Settings } from "#lib/shared/settings.ts";
import { type ApiDependencies, createApi } from "./api/api.ts";
import type { LimitRule } from "./api/limits.ts";
import { createAuth } from "./auth/auth.ts";
import { type CallbackDependencies, callbackRoutes } from "./hooks/callbacks.ts";
import { type HooksDependencies, hooksRoutes } from "./hooks/routes.ts";
import { createMetrics } from "./metrics.ts";
import { sandboxRoutes } from "./sandbox/routes.ts";
import { commonHeaders, dataPolicy } from "./security-headers.ts";

export interface DoorDependencies {
  db: Db;
  settings: Pick<Settings, "baseUrl" | "maxBodyBytes" | "retentionDays">;
  /** The 32 bytes of SLUICE_SECRET_KEY. */
  secretKey: Uint8Array;
  intake: HooksDependencies["intake"];
  listener: HooksDependencies["listener"] & ApiDependencies["listener"];
  secrets: Capabilities["secrets"];
  links: CallbackDependencies["links"] & Capabilities["links"];
  outbound: Capabilities["outbound"];
  mail: Capabilities["mail"];
  version: string;
  /** Ends the open streams. */
  shutdown: AbortSignal;
  apiLimit?: LimitRule;
}

const whole = new Set(["/api", "/healthz", "/metrics"]);
const below = ["/api/", "/hooks/", "/callbacks/", "/sandbox/"];

/** Whether the door answers a path, as it stands in the request line. Every other one is a page, `/sandbox` itself among them. */
export function isDoorPath(path: string): boolean {
  const end = path.search(/[?#]/);
  return whole.has(end < 0 ? path : path.slice(0, end)) || below.some((prefix) => path.startsWith(prefix));
}

const healthTimeoutMs = 2_000;

/** Everything that is not a page: webhooks, the API, sign-in, the sandbox, health and metrics. */
export function createDoor(d: DoorDependencies): Hono<{ Bindings: HttpBindings }> {
  const { db, settings, intake, listener, secrets, outbound, mail, links } = d;
  const { pool } = db;
  const headers = Object.entries(commonHeaders({ https: settings.baseUrl.startsWith("https://") }));
  const metrics = createMetrics({ pool });
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.get("/healthz", async (c) => {
    const healthy = await isHealthy(d);
    return c.json({ status: healthy ? "ok" : "unavailable" }, healthy ? 200 : 503, { "cache-control": "no-store" });
  });
  app.use(metrics.observe);
  app.use(async (c, next) => {
    await next();
    for (const [name, value] of headers) c.res.headers.set(name, value);
    c.res.headers.set("content-security-policy", dataPolicy);
  });
  app.route("/metrics", metrics.routes);
  app.route("/hooks", hooksRoutes({ pool, intake, listener, secrets, settings }));
  app.route("/callbacks", callbackRoutes({ pool, links, maxBodyBytes: settings.maxBodyBytes }));
  app.route("/sandbox", sandboxRoutes({ pool }));
  const auth = createAuth({ db, baseUrl: settings.baseUrl, secretKey: d.secretKey });
  const api = { db, auth, listener, intake, secrets, outbound, mail, links, ...settings, version: d.version, shutdown: d.shutdown };
  app.route("/api", createApi(d.apiLimit === undefined ? api : { ...api, limit: d.apiLimit }));
  app.notFound((c) => c.json({ code: "not_found", title: "Not found", status: 404 }, 404));
  return app;
}

/** Ready means that the database answers, and that we are not about to stop. */
async function isHealthy(d: DoorDependencies): Promise<boolean> {
  if (d.shutdown.aborted) return false;
  const late = new Promise<false>((resolve) => setTimeout(resolve, healthTimeoutMs, false).unref());
  const asked = d.db.pool.query("SELECT 1").then(
    () => true,
    () => false,
  );
  return Promise.race([asked, late]);
}
