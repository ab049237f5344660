import type * as z from "zod";
import { NodeError, type NodeRunner } from "#lib/nodes/runner.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "#lib/shared/json.ts";
import { assigneeProblem } from "./assignee.ts";
import type { approval } from "./definition.ts";

type Config = z.output<typeof approval.config>;

function invalid(code: string, message: string): NodeError {
  return new NodeError("validation", code, message);
}

function textOf(value: JsonValue): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** A lone expression may give a whole list: `{{ trigger.body.managers }}`. Nobody is never everybody. */
function assigneesOf(resolved: JsonValue): string[] {
  const listed = (Array.isArray(resolved) ? resolved : [resolved]).flat();
  return listed.map((entry) => {
    const text = typeof entry === "string" ? entry.trim() : "";
    const problem = assigneeProblem(text);
    if (problem !== null) throw invalid("assignee_invalid", problem);
    return text.includes("@") ? text.toLowerCase() : text;
  });
}

export const run: NodeRunner<Config, JsonObject> = {
  prepare: ({ config, evaluate }) => {
    const message = textOf(evaluate.template(config.message)).trim();
    if (message === "") throw invalid("message_empty", "there is no question to ask");
    const assignees = assigneesOf(evaluate.template(config.assignees));
    if (config.assignees.length > 0 && assignees.length === 0)
      throw invalid("assignee_invalid", "the expressions name nobody who could decide");
    return { message, assignees };
  },
  run: ({ context }) => {
    const { outside } = context;
    if (!outside) throw new NodeError("code", "no_outside", "an approval must be told what has come");
    const { received, isOver, untilMs } = outside;
    if (received) {
      const { decision = "rejected", by = null, comment = "" } = isJsonObject(received.payload) ? received.payload : {};
      return { port: decision === "approved" ? "approved" : "rejected", output: { decision, by, at: received.at, comment } };
    }
    if (!isOver) return { wait: { reason: "approval", untilMs } };
    const failure = new NodeError("timeout", "approval_timeout", "nobody decided in time");
    return { port: "timeout", output: { until: new Date(untilMs).toISOString() }, failure };
  },
};
