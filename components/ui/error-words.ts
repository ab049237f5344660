import { stoppedCode } from "#lib/nodes/runner.ts";
import type { StepError } from "#lib/shared/api-types.ts";
import type { FailureClass } from "#lib/shared/statuses.ts";

type Known = Pick<StepError, "class" | "code">;

/** What a failure class usually means, for somebody who meets it the first time. */
const hints: Record<FailureClass, string> = {
  throttled: "The other side asked to slow down. Such calls are repeated by themselves.",
  unavailable: "The other side was down or overloaded. Such calls are repeated by themselves.",
  transient: "The connection failed on the way. Such calls are repeated by themselves when that is safe.",
  timeout: "No answer came in time.",
  conflict: "The other side was busy with the same thing.",
  auth: "The credential was refused. Look at the connection.",
  permanent: "Repeating the same will not help: correct the input or the workflow.",
  validation: "The input does not have the shape this step asks for.",
  output_invalid: "The answer does not have the shape this step promises.",
  code: "An expression of the step failed on this data.",
  cancelled: "Somebody canceled the run.",
  lost: "The worker died meanwhile.",
  unknown_outcome: "The request left and no answer came back: nobody knows whether it took effect. Look at the other side, then decide.",
};

const stoppedHint =
  "The workflow stopped here on purpose, to ask a person. The words are its own: no other system refused anything. A redrive stops here again unless the input or the workflow is changed.";

/** What an error usually means, and what to do about it. */
export function hintOf(error: Known): string {
  if (error.code === stoppedCode) return stoppedHint;
  const refused = error.class === "permanent" && error.code.startsWith("http_");
  return refused ? `The other side refused the request. ${hints.permanent}` : hints[error.class];
}

/** Its class and its code. */
export function classWords(error: Known): string {
  return error.code === stoppedCode ? "stopped on purpose" : error.class.replaceAll("_", " ");
}

/** The code, where it tells more than the class has. */
export function codeWords(error: Known): string | null {
  return error.code === stoppedCode || error.code === "" ? null : error.code;
}
