import type { OutboundResponse } from "#lib/nodes/runner.ts";
import { serverWaitMs } from "#lib/shared/rate-headers.ts";
import type { FailureClass } from "#lib/shared/statuses.ts";

export interface Failure {
  class: FailureClass;
  /** Whether the remote may have done the work although it answered so. */
  mayHaveApplied: boolean;
  retryAfterMs: number | undefined;
}

/** What kind of failure an answer is (engine.md 1.4), by its status and headers alone. */
export function classify(response: OutboundResponse, now: number): Failure {
  const { status, headers } = response;
  const wait = serverWaitMs(headers, now);
  const failure = (failureClass: FailureClass, mayHaveApplied: boolean): Failure => ({
    class: failureClass,
    mayHaveApplied,
    retryAfterMs: wait,
  });
  if (status === 429 || (status === 503 && wait !== undefined)) return failure("throttled", false);
  if (status === 403 && (headers["retry-after"] !== undefined || headers["x-ratelimit-remaining"] === "0"))
    return failure("throttled", false);
  switch (status) {
    case 503:
      return failure("unavailable", false);
    case 502:
    case 504:
      return failure("unavailable", true);
    case 425:
      return failure("transient", false);
    case 408:
    case 500:
      return failure("transient", true);
    case 409:
      return failure("conflict", false);
    case 401:
    case 407:
      return failure("auth", false);
    case 501:
    case 505:
      return failure("permanent", false);
    default:
      return status >= 500 ? failure("transient", true) : failure("permanent", status < 400);
  }
}
