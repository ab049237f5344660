/** Where in an input a fault lies, and how to mend it. `path` is dotted: `nodes.2.config.url`. */
export interface Problem {
  path: string;
  message: string;
}

/** The closed set of error codes the API answers with, and the HTTP status of each. */
export const errorStatus = {
  invalid_input: 422,
  malformed: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  stale_revision: 409,
  not_publishable: 422,
  payload_too_large: 413,
  unsupported_media_type: 415,
  rate_limited: 429,
  egress_blocked: 422,
  secret_unreadable: 500,
  internal: 500,
  unavailable: 503,
} as const;

export type ErrorCode = keyof typeof errorStatus;

export interface AppErrorOptions {
  problems?: Problem[] | undefined;
  retryAfterMs?: number | undefined;
  cause?: unknown;
}

/** An error that may be told to the caller. Whatever is not an AppError reaches callers only as `internal`. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly problems: Problem[];
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.problems = options.problems ?? [];
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Makes an Error of whatever was thrown. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** Ends an exhaustive switch: does not compile when a case is missing. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
}
