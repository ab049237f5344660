import type { NodeRunner } from "./runner.ts";

/** What a trigger's step does: its output is the event, so that `steps.<trigger>.output` is `trigger`. */
export const passTriggerThrough: NodeRunner = {
  prepare: () => null,
  run: ({ context }) => ({ port: "out", output: context.evaluate.cel("trigger") }),
};
