import type { Context, ErrorHandler, MiddlewareHandler } from "hono";
import { newId } from "#lib/shared/ids.ts";
import { createLogger } from "#lib/telemetry/logger.ts";
import { LimitExceeded, limitHeaders } from "./limits.ts";
import { toFailure } from "./problem.ts";

const header = "x-request-id";
const logger = createLogger({ name: "api" });

/** Names every request, so that what a caller was told can be found in the log. */
export const giveRequestId: MiddlewareHandler = async (c, next) => {
  c.header(header, newId());
  await next();
};

/** The name of the request. */
export function requestIdOf(c: Context): string {
  return c.res.headers.get(header) ?? "";
}

/** The one place where errors become answers: problem+json, with what to wait for, and faults of ours in the log. */
export const answerProblem: ErrorHandler = (thrown, c) => {
  const requestId = requestIdOf(c) || newId();
  const { status, problem, retryAfterMs, unexpected } = toFailure(thrown, requestId);
  if (unexpected !== null) logger.error({ err: unexpected, requestId, method: c.req.method, path: c.req.path }, "a request failed");
  c.header(header, requestId);
  c.header("cache-control", "no-store");
  if (retryAfterMs !== undefined) c.header("retry-after", String(Math.ceil(retryAfterMs / 1_000)));
  if (thrown instanceof LimitExceeded) for (const [name, value] of Object.entries(limitHeaders(thrown.state))) c.header(name, value);
  return c.body(JSON.stringify(problem), status, { "content-type": "application/problem+json" });
};
