import { Hono, type Context as HonoContext } from "hono";
import type { Db } from "#lib/db/db.ts";
import type { RunListener } from "#lib/engine/ledger/run-listener.ts";
import type { Capabilities } from "#lib/services/context.ts";
import { may } from "#lib/services/permissions.ts";
import { idempotencyKeySchema } from "#lib/services/runs/index.ts";
import type { Identity } from "#lib/services/session/index.ts";
import { AppError } from "#lib/shared/errors.ts";
import type { Auth } from "../auth/auth.ts";
import { authRoutes } from "../auth/routes.ts";
import { Authenticator } from "./authenticate.ts";
import { refuseCrossSite } from "./cross-site.ts";
import { Limit, type LimitRule, limitHeaders } from "./limits.ts";
import { createOpenApi } from "./openapi.ts";
import { readJsonBody } from "./read-body.ts";
import { answerProblem, giveRequestId, requestIdOf } from "./request-id.ts";
import type { Route } from "./route.ts";
import { routes } from "./routes.ts";
import { setupRoutes } from "./setup-routes.ts";
import { streamChanges } from "./stream.ts";

export interface ApiDependencies extends Capabilities {
  db: Db;
  auth: Auth;
  listener: Pick<RunListener, "subscribe">;
  maxBodyBytes: number;
  version: string;
  shutdown: AbortSignal;
  /** Per actor; the usual one when absent. */
  limit?: LimitRule;
}

const usualLimit: LimitRule = { name: "api", limit: 6_000, perMs: 60_000 };

/** `/workflows/{id}` as Hono writes it. */
function toPattern(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ":$1");
}

function queryOf(c: HonoContext): Record<string, string> {
  return Object.fromEntries(Object.entries(c.req.queries()).map(([name, values]) => [name, values.join(",")]));
}

function idempotencyKeyOf(c: HonoContext): string | undefined {
  const given = c.req.header("idempotency-key");
  return given === undefined ? undefined : idempotencyKeySchema.parse(given);
}

/** /api/auth and /api/v1: everything people's browsers and programs call. */
export function createApi(d: ApiDependencies): Hono {
  const authenticator = new Authenticator(d);
  const limit = new Limit(d.limit ?? usualLimit);
  const app = new Hono();
  app.use(giveRequestId);
  app.use(async (c, next) => {
    c.header("cache-control", "no-store");
    await next();
  });
  app.use(refuseCrossSite(d.baseUrl));
  app.onError(answerProblem);
  app.notFound((c) => answerProblem(new AppError("not_found", "there is nothing at this address"), c));
  app.route("/auth", authRoutes(d.auth));

  const admit = async (c: HonoContext): Promise<Identity> => {
    const identity = await authenticator.require(c);
    const { actor } = identity;
    const state = await limit.take(
      actor.type === "user" ? `user:${actor.userId}` : actor.type === "token" ? `token:${actor.tokenId}` : "system",
    );
    for (const [name, value] of Object.entries(limitHeaders(state))) c.header(name, value);
    return identity;
  };

  const v1 = new Hono();
  v1.route("/", setupRoutes(d));
  const openApi = JSON.stringify(createOpenApi(routes, d));
  v1.get("/openapi.json", (c) => c.body(openApi, 200, { "content-type": "application/json" }));
  v1.get("/stream", async (c) => {
    const { actor, workspaceId } = await admit(c);
    if (!may(actor, "runs:read")) throw new AppError("forbidden", "this needs the permission runs:read");
    const isAllowed = async () => {
      const now = await authenticator.identify(c);
      return now?.workspaceId === workspaceId && may(now.actor, "runs:read");
    };
    return streamChanges(c, { listener: d.listener, workspaceId, isAllowed, shutdown: d.shutdown });
  });
  for (const route of routes) {
    v1.on(route.method.toUpperCase(), toPattern(route.path), async (c) => answer(c, d, route, await admit(c)));
  }
  refuseOtherMethods(v1, routes);
  app.route("/v1", v1);
  return app;
}

/** Permission first, then the input, then the verb: who may not is not told whether the input was right. */
async function answer(c: HonoContext, d: ApiDependencies, route: Route, identity: Identity): Promise<Response> {
  if (route.access !== "session" && !may(identity.actor, route.access)) {
    throw new AppError("forbidden", `this needs the permission ${route.access}`);
  }
  const { baseUrl, retentionDays, intake, secrets, outbound, mail, links, db } = d;
  const ctx = { ...identity, db, now: Date.now, requestId: requestIdOf(c), baseUrl, retentionDays, intake, secrets, outbound, mail, links };
  const params = c.req.param();
  if (!route.params.safeParse(params).success) throw new AppError("not_found", "there is nothing at this address");
  const hasBody = route.method !== "get" && route.method !== "delete";
  const body = hasBody ? await readJsonBody(c, d.maxBodyBytes) : {};
  const idempotencyKey = route.idempotent ? idempotencyKeyOf(c) : undefined;
  const result = await route.handle({ params, query: queryOf(c), body, idempotencyKey }, ctx);
  if (result instanceof Response && result.body !== null) return c.body(result.body, 200, Object.fromEntries(result.headers));
  return route.status === 204 ? c.body(null, 204) : c.json(result, route.status);
}

/** A known address with a method it does not have says which ones it has. */
function refuseOtherMethods(app: Hono, known: Route[]): void {
  for (const [path, group] of Map.groupBy(known, (route) => route.path)) {
    const methods = group.map((route) => route.method.toUpperCase());
    app.all(toPattern(path), (c) => {
      c.header("allow", methods.join(", "));
      throw new AppError("method_not_allowed", `this address takes ${methods.join(", ")}`);
    });
  }
}
