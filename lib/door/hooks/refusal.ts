import { newId } from "#lib/shared/ids.ts";

/** Why a delivery is not taken: what the sender is told, and what is recorded on the trigger. */
interface RefusalKind {
  status: number;
  code: string;
  title: string;
}

/** By the reason that is recorded. The sender of a delivery that is not believed learns nothing of why. */
const kinds = {
  not_found: { status: 404, code: "not_found", title: "Not found" },
  method_not_allowed: { status: 405, code: "method_not_allowed", title: "This method is not supported here" },
  body_too_large: { status: 413, code: "payload_too_large", title: "The request is too large" },
  body_timeout: { status: 408, code: "body_timeout", title: "The body did not arrive in time" },
  unsupported_media_type: { status: 415, code: "unsupported_media_type", title: "This content type or encoding is not understood" },
  too_deep: { status: 400, code: "too_deep", title: "The JSON is nested too deeply" },
  too_many_values: { status: 400, code: "too_many_values", title: "The body holds too many values" },
  malformed: { status: 400, code: "malformed", title: "The body cannot be read" },
  invalid_text: { status: 422, code: "invalid_input", title: "The body is not valid UTF-8" },
  dedupe_key: { status: 422, code: "invalid_input", title: "The delivery has no duplicate key" },
  over: { status: 410, code: "gone", title: "Nothing waits for this any more" },
  not_verified: { status: 401, code: "unauthenticated", title: "The delivery could not be verified" },
  rate_limited: { status: 429, code: "rate_limited", title: "Too many requests" },
  paused: { status: 503, code: "unavailable", title: "The workflow is paused" },
  unavailable: { status: 503, code: "unavailable", title: "Not available right now" },
} as const satisfies Record<string, RefusalKind>;

export type RefusalName = keyof typeof kinds;

/** A delivery that is not taken. Made for each, so a stack would be dead weight on a path that floods take. */
export class HookRefusal {
  readonly name: RefusalName;
  readonly detail: string;
  /** What people see on the trigger; finer than what the sender is told. */
  readonly reason: string;
  readonly headers: Record<string, string>;

  constructor(name: RefusalName, detail: string, options: { reason?: string; headers?: Record<string, string> } = {}) {
    this.name = name;
    this.detail = detail;
    this.reason = options.reason ?? name;
    this.headers = options.headers ?? {};
  }
}

export const notFound = new HookRefusal("not_found", "there is no such address");

/** The database or the process cannot take more just now; the sender keeps the delivery and comes back. */
export function unavailable(detail: string): HookRefusal {
  return new HookRefusal("unavailable", detail, { headers: { "retry-after": "5" } });
}

const safeHeaders = { "cache-control": "no-store", "x-content-type-options": "nosniff" };

/** RFC 9457 problem of a refusal. */
export function toProblem(refusal: HookRefusal): Response {
  const { status, code, title } = kinds[refusal.name];
  const problem = { type: `urn:sluice:problem:${code}`, title, status, code, detail: refusal.detail, requestId: newId() };
  return new Response(JSON.stringify(problem), {
    status,
    headers: { "content-type": "application/problem+json", ...safeHeaders, ...refusal.headers },
  });
}

export function toJson(status: number, value: object, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(value), { status, headers: { "content-type": "application/json", ...safeHeaders, ...headers } });
}
