import type { Route } from "#lib/door/api/route.ts";
import { routes } from "#lib/door/api/routes.ts";
import { code, page, table } from "./markdown.ts";

function rowOf(route: Route): string[] {
  const access = route.access === "session" ? "being signed in" : code(route.access);
  return [code(`${route.method.toUpperCase()} ${route.path}`), `${route.summary}.`, access, String(route.status)];
}

/** The overview of the HTTP API; its details are in the OpenAPI document that every instance serves. */
export function apiPage(): string {
  return page("API", [
    "Paths are below `/api/v1`. A request needs an API token (`Authorization: Bearer slc_…`) or the cookie of somebody who is signed in, and the permission that its line names ([who has which](permissions.md)). Schemas of every request and answer are in the OpenAPI 3.1 document at `/api/v1/openapi.json`.",
    table(["call", "what it does", "needs", "answer"], routes.map(rowOf)),
    "Besides these: `GET /stream` tells of changes as server-sent events (needs `runs:read`); `GET /setup` and `POST /setup` make the first account of a new instance.",
    "Rules for all of them: JSON in and out, camelCase; times are ISO 8601 in UTC, durations are milliseconds; lists are paged by `cursor` and `limit`; fields that are not known are refused by name; [errors](errors.md) are problems with a stable code.",
  ]);
}
