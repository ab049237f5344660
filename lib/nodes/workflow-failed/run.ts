import { passTriggerThrough } from "#lib/nodes/trigger-runner.ts";

export const run = passTriggerThrough;
