import { sentence } from "#components/ui/format.ts";
import type { ApiError } from "#lib/shared/api-types.ts";
import type { Problem } from "#lib/shared/errors.ts";
import { reauthenticate } from "./reauthenticate.ts";

/** What the API refused, or why it could not be asked (`code: "network"`). */
export class ApiFailure extends Error {
  readonly code: string;
  readonly status: number;
  readonly problems: Problem[];
  readonly requestId: string | null;
  readonly retryAfterMs: number | null;

  constructor(a: {
    code: string;
    status: number;
    message: string;
    problems?: Problem[];
    requestId?: string | null;
    retryAfterMs?: number | null;
  }) {
    super(a.message);
    this.name = "ApiFailure";
    this.code = a.code;
    this.status = a.status;
    this.problems = a.problems ?? [];
    this.requestId = a.requestId ?? null;
    this.retryAfterMs = a.retryAfterMs ?? null;
  }
}

export type Query = Record<string, string | number | boolean | null | undefined | readonly string[]>;

export interface RequestOptions {
  query?: Query;
  body?: unknown;
  signal?: AbortSignal | undefined;
  idempotencyKey?: string;
  /** Survives leaving the page: for a last save. */
  keepalive?: boolean;
  /** A 401 fails at once instead of asking to sign in again. */
  anonymous?: boolean;
}

function withQuery(path: string, query: Query | undefined): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query ?? {})) {
    if (value === null || value === undefined || value === "") continue;
    if (typeof value === "object") {
      if (value.length > 0) search.set(key, value.join(","));
    } else search.set(key, String(value));
  }
  const text = search.toString();
  return text === "" ? path : `${path}?${text}`;
}

function isApiError(value: unknown): value is ApiError {
  return typeof value === "object" && value !== null && "code" in value && "detail" in value;
}

/** Reads a refusal: problem+json, or whatever else came. */
export async function toFailure(response: Response): Promise<ApiFailure> {
  const retryAfter = Number(response.headers.get("retry-after"));
  const retryAfterMs = Number.isFinite(retryAfter) && retryAfter > 0 ? retryAfter * 1_000 : null;
  const body: unknown = await response.json().catch(() => null);
  if (isApiError(body)) {
    return new ApiFailure({
      code: body.code,
      status: response.status,
      message: sentence(body.detail || body.title),
      problems: body.problems ?? [],
      requestId: body.requestId,
      retryAfterMs,
    });
  }
  return new ApiFailure({
    code: response.status >= 500 ? "unavailable" : "internal",
    status: response.status,
    message: `The server answered ${response.status} ${response.statusText}`.trim(),
    requestId: response.headers.get("x-request-id"),
    retryAfterMs,
  });
}

/** The address of a download that the browser fetches by itself. */
export function urlOf(path: string, query: Query): string {
  return withQuery(`/api/v1${path}`, query);
}

async function send(method: string, path: string, options: RequestOptions): Promise<Response> {
  const headers: Record<string, string> = { accept: "application/json" };
  if (options.body !== undefined) headers["content-type"] = "application/json";
  if (options.idempotencyKey) headers["idempotency-key"] = options.idempotencyKey;
  try {
    return await fetch(withQuery(`/api/v1${path}`, options.query), {
      method,
      headers,
      credentials: "same-origin",
      cache: "no-store",
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      ...(options.signal ? { signal: options.signal } : {}),
      ...(options.keepalive ? { keepalive: true } : {}),
    });
  } catch (thrown) {
    if (thrown instanceof DOMException && thrown.name === "AbortError") throw thrown;
    throw new ApiFailure({ code: "network", status: 0, message: "The server cannot be reached. Check the connection and try again." });
  }
}

async function exchange(method: string, path: string, options: RequestOptions): Promise<Response> {
  let response = await send(method, path, options);
  if (response.status === 401 && !options.anonymous) {
    const failure = await toFailure(response);
    // Nothing typed is lost: the request waits for the sign-in dialog and then goes out again.
    if (!(await reauthenticate())) throw failure;
    response = await send(method, path, options);
  }
  if (!response.ok) throw await toFailure(response);
  return response;
}

async function request<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
  const response = await exchange(method, path, options);
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

/** Calls /api/v1. `T` is a type of lib/shared/api-types.ts: our own server's word is taken for it. */
export const api = {
  get: <T>(path: string, options?: RequestOptions) => request<T>("GET", path, options),
  post: <T>(path: string, body?: unknown, options?: RequestOptions) => request<T>("POST", path, { ...options, body: body ?? {} }),
  put: <T>(path: string, body: unknown, options?: RequestOptions) => request<T>("PUT", path, { ...options, body }),
  patch: <T>(path: string, body: unknown, options?: RequestOptions) => request<T>("PATCH", path, { ...options, body }),
  delete: <T = void>(path: string, options?: RequestOptions) => request<T>("DELETE", path, options),
};

/** Reads what is answered as text: a document to be saved. */
export async function getText(path: string): Promise<string> {
  return (await exchange("GET", path, {})).text();
}

/** The sentence to show for whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The message for one input, from a failure's problems. */
export function problemFor(error: unknown, path: string): string | undefined {
  return error instanceof ApiFailure ? error.problems.find((problem) => problem.path === path)?.message : undefined;
}
