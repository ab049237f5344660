import type { NodeTypeId } from "./registry.definitions.ts";
import type { NodeRunner } from "./runner.ts";

/** One lazily loaded runner per node type; a type without one does not compile. */
const runners = {
  webhook: () => import("./webhook/run.ts"),
  schedule: () => import("./schedule/run.ts"),
  poll: () => import("./poll/run.ts"),
  manual: () => import("./manual/run.ts"),
  "workflow-failed": () => import("./workflow-failed/run.ts"),
  "http-request": () => import("./http-request/run.ts"),
  respond: () => import("./respond/run.ts"),
  "validate-transform": () => import("./validate-transform/run.ts"),
  set: () => import("./set/run.ts"),
  if: () => import("./if/run.ts"),
  switch: () => import("./switch/run.ts"),
  "for-each": () => import("./for-each/run.ts"),
  merge: () => import("./merge/run.ts"),
  delay: () => import("./delay/run.ts"),
  dedupe: () => import("./dedupe/run.ts"),
  "wait-for-callback": () => import("./wait-for-callback/run.ts"),
  approval: () => import("./approval/run.ts"),
  "poll-until": () => import("./poll-until/run.ts"),
  "sub-workflow": () => import("./sub-workflow/run.ts"),
  "stop-and-dead-letter": () => import("./stop-and-dead-letter/run.ts"),
} satisfies Record<NodeTypeId, () => Promise<{ run: unknown }>>;

/** Loads the code that runs a node type. */
export async function loadRunner(type: NodeTypeId): Promise<NodeRunner> {
  const module = await runners[type]();
  return module.run as NodeRunner; // safe: the engine gives each runner what its own definition's config schema made
}
