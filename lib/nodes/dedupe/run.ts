import type * as z from "zod";
import { NodeError, type NodeRunner } from "#lib/nodes/runner.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import type { dedupe } from "./definition.ts";

type Config = z.output<typeof dedupe.config>;
type Input = { key: string };

/** A key of nothing would make one item of all that lack it. */
function keyOf(value: JsonValue | undefined): string {
  const text = typeof value === "number" || typeof value === "boolean" ? String(value) : value;
  if (typeof text === "string" && text.trim() !== "") return text;
  throw new NodeError("validation", "key_missing", "the key is empty, or no text or number");
}

export const run: NodeRunner<Config, Input> = {
  prepare: ({ config, evaluate }) => ({ key: keyOf(evaluate.template(config.key)) }),
  run: ({ config, input }) => ({ firstOf: { key: keyOf(input.key), ttlMs: config.ttlMs } }),
};
