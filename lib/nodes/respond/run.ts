import { headerProblem } from "#lib/nodes/headers.ts";
import { type HookAnswer, NodeError, type NodeRunner } from "#lib/nodes/runner.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "#lib/shared/json.ts";

const contentType = "content-type";

function answerOf(input: JsonObject): HookAnswer {
  const { status, body } = input;
  if (typeof status !== "number" || !Number.isInteger(status) || status < 200 || status > 599) {
    throw new NodeError("validation", "status_invalid", "the status must be a whole number from 200 to 599");
  }
  const headers = textHeaders(input.headers);
  if (body === undefined) return { status, headers, body: "" };
  const isText = typeof body === "string";
  if (!Object.hasOwn(headers, contentType)) headers[contentType] = isText ? "text/plain; charset=utf-8" : "application/json";
  return { status, headers, body: isText ? body : JSON.stringify(body) };
}

function textHeaders(given: JsonValue | undefined): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(isJsonObject(given) ? given : {})) {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    const problem = headerProblem(name, text);
    if (problem) throw new NodeError("validation", "header_invalid", problem);
    headers[name.toLowerCase()] = text;
  }
  return headers;
}

export const run: NodeRunner = {
  run: ({ input }) => {
    if (!isJsonObject(input)) throw new NodeError("validation", "input_invalid", "the answer must be an object with a status");
    const answer = answerOf(input);
    return { port: "out", output: { status: answer.status }, answer };
  },
};
