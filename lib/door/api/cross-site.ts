import type { MiddlewareHandler } from "hono";
import { AppError } from "#lib/shared/errors.ts";

const safeMethods = new Set(["GET", "HEAD", "OPTIONS"]);

/** What of a request decides whether another site may have made the browser send it. */
export interface RequestFacts {
  method: string;
  secFetchSite: string | undefined;
  origin: string | undefined;
}

/**
 * Whether a request that changes something may come from our own pages or from no page at all. Browsers say so in
 * Sec-Fetch-Site on trustworthy origins and in Origin everywhere; programs send neither, and carry no cookies of a browser.
 */
export function isOwnSite(request: RequestFacts, baseUrl: string): boolean {
  if (safeMethods.has(request.method)) return true;
  if (request.secFetchSite !== undefined) return request.secFetchSite === "same-origin" || request.secFetchSite === "none";
  if (request.origin !== undefined) return request.origin === new URL(baseUrl).origin;
  return true;
}

/** Refuses state changes that another site made the browser send. Requests with a bearer token carry no ambient authority and pass. */
export function refuseCrossSite(baseUrl: string): MiddlewareHandler {
  return async (c, next) => {
    const bearer = c.req.header("authorization") !== undefined;
    const facts = { method: c.req.method, secFetchSite: c.req.header("sec-fetch-site"), origin: c.req.header("origin") };
    if (!bearer && !isOwnSite(facts, baseUrl)) {
      throw new AppError("forbidden", `this request came from another site; open ${baseUrl} (SLUICE_BASE_URL) and try there`);
    }
    await next();
  };
}
