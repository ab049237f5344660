import { approval } from "./approval/definition.ts";
import { dedupe } from "./dedupe/definition.ts";
import type { NodeDefinition } from "./define.ts";
import { delay } from "./delay/definition.ts";
import { forEach } from "./for-each/definition.ts";
import { httpRequest } from "./http-request/definition.ts";
import { ifNode } from "./if/definition.ts";
import { manual } from "./manual/definition.ts";
import { merge } from "./merge/definition.ts";
import { poll } from "./poll/definition.ts";
import { pollUntil } from "./poll-until/definition.ts";
import { respond } from "./respond/definition.ts";
import { schedule } from "./schedule/definition.ts";
import { set } from "./set/definition.ts";
import { stopAndDeadLetter } from "./stop-and-dead-letter/definition.ts";
import { subWorkflow } from "./sub-workflow/definition.ts";
import { switchNode } from "./switch/definition.ts";
import { validateTransform } from "./validate-transform/definition.ts";
import { waitForCallback } from "./wait-for-callback/definition.ts";
import { webhook } from "./webhook/definition.ts";
import { workflowFailed } from "./workflow-failed/definition.ts";

/** Every node type there is, in the order of the palette. The source of `NodeTypeId`. */
export const definitions = {
  webhook,
  schedule,
  poll,
  manual,
  "workflow-failed": workflowFailed,
  "http-request": httpRequest,
  respond,
  "validate-transform": validateTransform,
  set,
  if: ifNode,
  switch: switchNode,
  "for-each": forEach,
  merge,
  delay,
  dedupe,
  "wait-for-callback": waitForCallback,
  approval,
  "poll-until": pollUntil,
  "sub-workflow": subWorkflow,
  "stop-and-dead-letter": stopAndDeadLetter,
} as const;

export type NodeTypeId = keyof typeof definitions;

export function isNodeType(type: string): type is NodeTypeId {
  return Object.hasOwn(definitions, type);
}

/** The definition of a node type, or undefined for one this release does not know. */
export function getDefinition(type: string): NodeDefinition | undefined {
  return isNodeType(type) ? (definitions[type] as NodeDefinition) : undefined; // safe: its functions take what its own config schema made
}
