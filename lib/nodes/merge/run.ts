import type { NodeRunner } from "#lib/nodes/runner.ts";

/** What came in, by source: frozen when the merge is reached, so that a branch that arrives later changes nothing. */
export const run: NodeRunner = {
  prepare: ({ incoming }) => incoming,
  run: ({ input }) => ({ port: "out", output: input }),
};
