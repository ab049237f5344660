import { batchAsOne } from "./batch.ts";
import { createWithoutKey, unsafeEffect } from "./effects.ts";
import { droppedBranch, silentFailure } from "./failures.ts";
import { unthrottledProvider } from "./limits.ts";
import { unreachableNode } from "./reach.ts";
import type { LintRule } from "./rule.ts";
import { timeoutPastDeadline } from "./times.ts";
import { uncheckedField } from "./typed-fields.ts";
import { unansweredWait, undeduplicatedWebhook, unverifiedWebhook } from "./webhook.ts";

/** All rules, in the order people read of them. */
export const lintRules: readonly LintRule[] = [
  unsafeEffect,
  createWithoutKey,
  unverifiedWebhook,
  undeduplicatedWebhook,
  unthrottledProvider,
  silentFailure,
  droppedBranch,
  uncheckedField,
  batchAsOne,
  timeoutPastDeadline,
  unansweredWait,
  unreachableNode,
];
