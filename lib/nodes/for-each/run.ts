import type * as z from "zod";
import { NodeError, type NodeRunner } from "#lib/nodes/runner.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import { type forEach, maxItems } from "./definition.ts";

type Config = z.output<typeof forEach.config>;
type Input = { items: JsonValue };

/** Freezes the list; the engine goes through it. */
export const run: NodeRunner<Config, Input> = {
  prepare: ({ config, evaluate }) => ({ items: evaluate.template(config.items) }),
  run: ({ input: { items } }) => {
    if (!Array.isArray(items)) throw new NodeError("validation", "items_invalid", "what is to be gone through is not a list");
    if (items.length <= maxItems) return { loop: { count: items.length } };
    const message = `the list has ${items.length} items; at most ${maxItems} can be gone through in one run: split it, or start a run for each part`;
    throw new NodeError("validation", "too_many_items", message);
  },
};
