import { createHash } from "node:crypto";
import { ExpressionError } from "#lib/expressions/error.ts";
import { NodeError } from "#lib/nodes/runner.ts";
import { Masker } from "#lib/outbound/mask.ts";
import { toError } from "#lib/shared/errors.ts";
import type { Failure } from "./run-state.ts";

const masker = new Masker();

/** Makes a classified failure of whatever a node threw: an unclassified error is a fault of ours (`code`), never retried. */
export function toNodeError(thrown: unknown): NodeError {
  if (thrown instanceof NodeError) return thrown;
  if (thrown instanceof ExpressionError) return new NodeError("validation", "expression_failed", thrown.message, { cause: thrown });
  const error = toError(thrown);
  return new NodeError("code", "unexpected", error.message, { cause: error });
}

/** The failure as it is stored: a remote's words may hold what we sent it. */
export function toFailure(error: NodeError): Failure {
  return { class: error.failureClass, code: error.code, message: masker.text(error.message), details: masker.json(error.details) };
}

/** Ids, numbers, quoted values and addresses differ from item to item; the cause does not. */
const variable = /[0-9a-f]{8}-[0-9a-f-]{27}|"[^"]*"|'[^']*'|https?:\/\/\S+|\b[0-9a-f]{16,}\b|\d+/gi;

/** The same for failures with one cause, so that they form one issue: where it broke, how, and the message without what varies. */
export function fingerprintOf(where: { workflowId: string; nodeId: string; kind: string }, failure: Failure): string {
  const parts = [where.workflowId, where.nodeId, where.kind, failure.class, failure.code, failure.message.replace(variable, "#")];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
