import * as z from "zod";
import { defineNode } from "#lib/nodes/define.ts";

const config = z.strictObject({
  mode: z.enum(["all", "any"]).default("all").meta({
    label: "Wait for",
    help: "All: every branch, and nothing follows if one of them was not taken. Any: the first to arrive; the others go on but run nothing here again.",
    widget: "select",
  }),
});

/** Brings branches together: waits for all of them, or goes on with the first. */
export const merge = defineNode({
  type: "merge",
  version: 1,
  title: "Merge",
  description: "Brings branches together: waits for all of them, or goes on with the first.",
  category: "logic",
  icon: "git-merge",
  synonyms: ["join", "wait for all", "combine", "gather", "first", "race", "branches"],
  config,
  deferred: [],
  initialConfig: { mode: "all" },
  ports: () => [{ name: "out", label: "out" }],
  join: (parsed) => parsed.mode,
  summary: (parsed) => (parsed.mode === "any" ? "The first branch" : "All branches"),
  effect: () => "none",
  policySections: ["onFailure"],
  policyDefaults: {},
  sampleOutput: {},
});
