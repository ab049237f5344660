import type * as z from "zod";
import { ExpressionError } from "#lib/expressions/error.ts";
import { type Evaluate, NodeError, type NodeRunner } from "#lib/nodes/runner.ts";
import { failureOf, toAnswer } from "#lib/nodes/shared/answer.ts";
import { evaluateOver, itemsOf, nextPage, pageRequest } from "#lib/nodes/shared/pages.ts";
import { buildRequest, freezeRequest } from "#lib/nodes/shared/request.ts";
import { passTriggerThrough } from "#lib/nodes/trigger-runner.ts";
import type { JsonObject, JsonValue } from "#lib/shared/json.ts";
import type { poll } from "./definition.ts";

type Config = z.output<typeof poll.config>;

export const run: NodeRunner<Config> = {
  ...(passTriggerThrough as NodeRunner<Config>), // safe: it looks at no config
  readPage: async ({ config, at, context }) => {
    const { evaluate } = context;
    const by = config.pagination.mode === "none" ? null : config.pagination;
    const frozen = at.request ?? workOut("request", "the request", () => freezeRequest(config.request, withCursor(evaluate, at.cursor)));
    const whole = buildRequest(frozen);
    const request = by ? pageRequest(whole, by, at.next) : whole;
    const response = await context.outbound(request);
    if (response.status < 200 || response.status > 299) throw failureOf(request, response, context.now);
    const answer = toAnswer(response);
    const items = itemsOf(answer, config.items, evaluate);
    const { cursor } = config;
    return {
      request: frozen,
      items: items.map((item, index) => ({
        item,
        key: workOut("item_key", `the key of item ${index + 1}`, () => evaluate.template(config.itemKey, { item })),
        cursor:
          cursor.from === "item"
            ? workOut("item_cursor", `the cursor of item ${index + 1}`, () => evaluate.cel(cursor.value, { item }))
            : null,
      })),
      cursor: cursor.from === "response" ? evaluateOver(evaluate, cursor.value, answer) : null,
      next: by ? nextPage({ by, request, at: at.next, answer, items, evaluate }) : null,
      length: response.body.length,
    };
  },
};

function withCursor(evaluate: Evaluate, cursor: JsonValue): Evaluate {
  const names: JsonObject = { cursor };
  return {
    cel: (source, extra) => evaluate.cel(source, { ...names, ...extra }),
    template: (value, extra) => evaluate.template(value, { ...names, ...extra }),
  };
}

function workOut<T>(code: string, what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw new NodeError("permanent", code, `${what} could not be worked out: ${error.message}`, { cause: error });
  }
}
