import * as z from "zod";
import type { ApiError } from "#lib/shared/api-types.ts";
import { AppError, type ErrorCode, errorStatus, type Problem, toError } from "#lib/shared/errors.ts";

const titles: Record<ErrorCode, string> = {
  invalid_input: "The input is not valid",
  malformed: "The request cannot be read",
  unauthenticated: "Sign in first",
  forbidden: "Not allowed",
  not_found: "Not found",
  method_not_allowed: "This method is not supported here",
  conflict: "This conflicts with the present state",
  stale_revision: "Somebody saved in the meantime",
  not_publishable: "The workflow has problems that block publishing",
  payload_too_large: "The request is too large",
  unsupported_media_type: "Send JSON",
  rate_limited: "Too many requests",
  egress_blocked: "This address may not be reached",
  secret_unreadable: "A stored secret cannot be read",
  internal: "Something went wrong on our side",
  unavailable: "Not available right now",
};

export interface Failure {
  status: (typeof errorStatus)[ErrorCode];
  problem: ApiError;
  retryAfterMs: number | undefined;
  /** Set when the fault is ours: to be logged, never to be told. */
  unexpected: Error | null;
}

/** Maps whatever a verb threw to what the caller is told. Only an AppError's message ever leaves. */
export function toFailure(thrown: unknown, requestId: string): Failure {
  const error = asAppError(thrown);
  const problem: ApiError = {
    type: `urn:sluice:problem:${error.code}`,
    title: titles[error.code],
    status: errorStatus[error.code],
    code: error.code,
    detail: error.message,
    requestId,
  };
  if (error.problems.length > 0) problem.problems = error.problems;
  return {
    status: errorStatus[error.code],
    problem,
    retryAfterMs: error.retryAfterMs,
    unexpected: problem.status >= 500 ? toError(error.cause ?? error) : null,
  };
}

function asAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  if (thrown instanceof z.ZodError) return fromZod(thrown);
  return (
    fromDatabase(thrown) ?? new AppError("internal", "an unexpected error; quote the request id when you report it", { cause: thrown })
  );
}

/** All faults of an input at once, each with the field it lies in; an unknown field is named itself. */
export function fromZod(error: z.ZodError): AppError {
  const problems = error.issues.flatMap(toProblems);
  const first = problems[0];
  const message = first ? `${first.path === "" ? "input" : first.path}: ${first.message}` : "the input is not valid";
  return new AppError("invalid_input", message, { problems: problems.slice(0, 100) });
}

function toProblems(issue: z.core.$ZodIssue): Problem[] {
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ path: [...path, key].join("."), message: "unknown field" }));
  }
  return [{ path: path.join("."), message: issue.message }];
}

const retryMs = 1_000;

/** SQLSTATE classes that mean "not now" (connection, shutdown, resources), and the codes of Node and Prisma for the same. */
const unavailable = /^(08...|53...|57P..|ECONNREFUSED|ECONNRESET|EPIPE|ENOENT|ETIMEDOUT|P1001|P1002|P1008|P1017|P2024|P2028)$/;

function fromDatabase(thrown: unknown): AppError | null {
  const codes = codesIn(thrown, 0);
  if (codes.includes("57014"))
    return new AppError("unavailable", "this took too long; ask for less at once", { cause: thrown, retryAfterMs: retryMs });
  if (codes.includes("22021") || codes.includes("22P05")) return new AppError("invalid_input", "text must not hold the character U+0000");
  const lost = /timeout exceeded when trying to connect|Connection terminated/.test(toError(thrown).message);
  if (!lost && !codes.some((code) => unavailable.test(code))) return null;
  return new AppError("unavailable", "the database cannot be reached; try again", { cause: thrown, retryAfterMs: retryMs });
}

/** Prisma wraps the driver's error in its own, several layers deep. */
const wrappers = ["cause", "meta", "driverAdapterError"] as const;

function codesIn(value: unknown, depth: number): string[] {
  if (typeof value !== "object" || value === null || depth > 5) return [];
  const fields: Record<string, unknown> = Object.fromEntries(
    ["code", "originalCode", ...wrappers].map((name) => [name, Reflect.get(value, name)]),
  );
  const own = [fields.code, fields.originalCode].filter((code) => typeof code === "string");
  return [...own, ...wrappers.flatMap((name) => codesIn(fields[name], depth + 1))];
}
