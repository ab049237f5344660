import { policyDefaults } from "#lib/policies/defaults.ts";
import { type ErrorCode, errorStatus } from "#lib/shared/errors.ts";
import { type FailureClass, failureClasses } from "#lib/shared/statuses.ts";
import { code, page, table } from "./markdown.ts";

const codeTexts: Record<ErrorCode, string> = {
  invalid_input: "The request is well-formed and says something that cannot be; `problems` names each field.",
  malformed: "The request cannot be read: no JSON, or nested too deeply.",
  unauthenticated: "Nobody is signed in, or the token is unknown, expired or revoked.",
  forbidden: "The caller is known and lacks the permission that the detail names.",
  not_found: "There is no such thing, or it belongs to another workspace: the answer is the same.",
  method_not_allowed: "The address exists and takes other methods.",
  conflict: "The thing is in a state in which this cannot be done, or a name is taken.",
  stale_revision: "Somebody saved the draft since it was read. Nothing was written.",
  not_publishable: "The draft has problems that block publishing; `problems` lists them.",
  payload_too_large: "The body exceeds `SLUICE_MAX_BODY_BYTES`.",
  unsupported_media_type: "The body is of a type that is not understood here.",
  rate_limited: "Too many requests; `Retry-After` tells when to come back.",
  egress_blocked: "The address must not be called from here, or must not be sent this credential.",
  secret_unreadable: "A stored secret cannot be opened: it is damaged, or was sealed with another key.",
  internal: "A fault of ours. The detail says no more; the log does, under the `requestId`.",
  unavailable: "Not possible just now, for instance because the database is away. Nothing was stored: send it again.",
};

const classTexts: Record<FailureClass, string> = {
  throttled: "The remote said that there are too many calls: 429, 503 with a wait, or 403 with `Retry-After` or a used-up limit.",
  unavailable: "The remote is away: 502, 503, 504, no address for its name, no connection.",
  transient: "It may work in a moment: 408, 425, 500 and other 5xx, an answer that is not valid HTTP.",
  timeout: "No complete answer: the attempt's time-out passed, or the connection broke after the request was sent.",
  conflict: "409, or another step took over the idempotency key.",
  auth: "401 or 407, or the credential cannot be used for this host.",
  permanent:
    "Any other 4xx, 501 and 505, an answer that does not meet the success condition, an address that must not be called, a missing connection.",
  validation: "The item itself is not as it must be: a field, a key, an expression, an input schema.",
  output_invalid: "The call was made and answered; the answer is not what the step expects.",
  code: "An error that nobody foresaw, in Sluice or a node.",
  cancelled: "The run was canceled.",
  lost: "The worker stopped during the attempt.",
  unknown_outcome: "It is not known whether the remote did what it was asked.",
};

/** Failures that the engine retries without being asked to. */
const alwaysRetried: readonly FailureClass[] = ["throttled", "lost"];

function retried(failureClass: FailureClass): string {
  const byDefault: readonly FailureClass[] = policyDefaults.retry.on;
  if (alwaysRetried.includes(failureClass)) return "yes, always";
  return byDefault.includes(failureClass) ? "yes" : "no";
}

/** The reference of the error codes of the API and of the classes of failed attempts. */
export function errorsPage(): string {
  const codeRows = Object.entries(errorStatus).map(([name, status]) => [code(name), String(status), codeTexts[name as ErrorCode]]); // safe: its own keys
  return page("Errors", [
    "## What the API answers",
    "Every error is an RFC 9457 problem (`application/problem+json`) with a stable `code`, a sentence in `detail` and a `requestId`. A fault in the input adds `problems`, each with `path` and `message`.",
    table(["code", "status", "meaning"], codeRows),
    "## Why an attempt failed",
    "Each failed attempt of a step has a class, and the class decides what follows. The third column is the default of the retry policy; a node's own `retry.on` replaces it. A call whose repeat would double its effect is never sent again by itself when it may have been applied, whatever stands here.",
    table(
      ["class", "meaning", "retried"],
      failureClasses.map((name) => [code(name), classTexts[name], retried(name)]),
    ),
  ]);
}
