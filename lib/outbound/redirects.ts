import { NodeError } from "#lib/nodes/runner.ts";
import type { EgressPolicy } from "./egress-policy.ts";
import { type Hop, parseTarget } from "./request-rules.ts";

/** `same-origin` for calls that carry a credential: it must not reach another host. */
export type FollowRedirects = "none" | "same-origin" | "any";

export const maxRedirects = 5;

const redirectStatuses = new Set([301, 302, 303, 307, 308]);
const bodyHeaders = ["content-type", "content-encoding", "content-language", "content-location"];

/**
 * Where an answer sends the call, or null when it is the final one. The target goes through the same checks as the
 * first URL; on a change of origin all headers of the user and the body stay behind.
 *
 * A moved address (301) is followed for reads only: repeating a POST there as a GET, as browsers do, would look like
 * success while nothing was done.
 */
export function nextHop(
  hop: Hop,
  answer: { status: number; location: string | undefined },
  follow: FollowRedirects,
  policy: EgressPolicy,
): Hop | null {
  if (follow === "none" || !redirectStatuses.has(answer.status) || answer.location === undefined) return null;
  const target = URL.parse(answer.location, hop.url);
  if (target === null) throw refused(hop, answer.status, "the address it names is not a URL");
  const read = hop.method === "GET" || hop.method === "HEAD";
  const sameOrigin = target.origin === hop.url.origin;
  const place = target.origin + target.pathname;
  if (answer.status === 301 && !read) throw refused(hop, answer.status, `it has moved to ${place}: put that address in the URL`);
  if (!sameOrigin && follow === "same-origin")
    throw refused(hop, answer.status, `${place} is another origin, and the credential must not go there`);
  const keepsMethod = answer.status === 307 || answer.status === 308 || read;
  if (!sameOrigin && !read && keepsMethod) throw refused(hop, answer.status, `${place} is another origin, and the body must not go there`);
  target.hash = "";
  const next = parseTarget(target.href, policy);
  const headers = sameOrigin ? (keepsMethod ? hop.headers : without(hop.headers, bodyHeaders)) : {};
  return { ...next, method: keepsMethod ? hop.method : "GET", headers, body: keepsMethod && sameOrigin ? hop.body : null };
}

/** Whether a redirect tells that the request was carried out: 302 and 303 answer a form post that is done. */
export function redirectAfterEffect(method: string, status: number): boolean {
  return method !== "GET" && method !== "HEAD" && (status === 302 || status === 303);
}

function refused(hop: Hop, status: number, reason: string): NodeError {
  return new NodeError(
    "permanent",
    "redirect_refused",
    `${hop.url.host} answered ${hop.method} with the redirect ${status}, which is not followed: ${reason}`,
    {
      mayHaveApplied: redirectAfterEffect(hop.method, status),
    },
  );
}

function without(headers: Record<string, string>, names: string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));
}
