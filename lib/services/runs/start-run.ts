import { createHash } from "node:crypto";
import { gateOf } from "#lib/policies/admission.ts";
import { arrivalOf } from "#lib/policies/arrivals.ts";
import { asBatch } from "#lib/policies/batch.ts";
import { attributesOf } from "#lib/policies/run-attributes.ts";
import { runPriorities } from "#lib/policies/throttle-queue.ts";
import type { RunStarted } from "#lib/shared/api-types.ts";
import { AppError } from "#lib/shared/errors.ts";
import { newId } from "#lib/shared/ids.ts";
import { actorColumns } from "../audit.ts";
import type { ContextWith } from "../context.ts";
import { authorize } from "../permissions.ts";
import { canonicalText } from "../workflows/document-text.ts";
import { findWorkflow } from "../workflows/find-workflow.ts";
import { chooseDocument, chooseTrigger } from "./run-document.ts";
import type { StartRunInput } from "./schemas.ts";
import { toTrigger, toTriggerData } from "./trigger-data.ts";

/** For how long a repeated Idempotency-Key gives back the first run. */
const keyLifeMs = 86_400_000;

/**
 * Starts a run by hand or by API. The answer means that it is stored and will run. With an Idempotency-Key, asking again gives
 * the same run; asking for something else under the same key is refused. By API it is an event like any other: it may be
 * gathered or dropped where the workflow controls its arrivals.
 */
export async function startRun({ ctx, input }: { ctx: ContextWith<"intake" | "baseUrl">; input: StartRunInput }): Promise<RunStarted> {
  authorize(ctx.actor, "runs:write");
  const workflow = await findWorkflow(ctx.db.prisma, ctx, input.id);
  const { documentId, document, version } = await chooseDocument(ctx, workflow, { ...input, key: input.idempotencyKey ?? newId() });
  const node = chooseTrigger(document, input.triggerNodeId);
  const isEvent = ctx.actor.type === "token" && input.mode === "live";
  const trigger = isEvent ? toTriggerData(node, input.input, ctx.now()) : toTrigger(document.settings, node, input.input, ctx.now());
  const arriving = { settings: document.settings, trigger: () => trigger, mode: input.mode, now: ctx.now() };
  // What a person starts by hand is wanted now.
  const arrival = isEvent ? arrivalOf(arriving) : null;
  const accepted = await ctx.intake.accept({
    workspaceId: ctx.workspaceId,
    workflowId: workflow.id,
    documentId,
    version,
    mode: input.mode,
    triggerId: null,
    triggerType: ctx.actor.type === "token" ? "api" : "manual",
    triggerNodeId: node.id,
    data: JSON.stringify(arrival === null ? asBatch(document.settings, trigger) : trigger),
    dedupe:
      input.idempotencyKey === undefined ? null : { key: `api:${input.idempotencyKey}`, bodyHash: hashRequest(input), ttlMs: keyLifeMs },
    runDeadlineMs: document.settings.runDeadlineMs,
    replayOf: null,
    priority: runPriorities[input.priority ?? "normal"],
    gate: gateOf(arriving),
    arrival,
    attributes: attributesOf(arriving),
    audit: {
      ...actorColumns(ctx.actor),
      action: "run.started",
      entityType: "run",
      details: { workflowId: workflow.id, mode: input.mode, version },
      requestId: ctx.requestId,
    },
  });
  if (accepted.conflicting) throw new AppError("conflict", "this Idempotency-Key was used for another request in the last 24 hours");
  const answer = { runId: accepted.runId, statusUrl: `${ctx.baseUrl}/api/v1/runs/${accepted.runId}` };
  return accepted.dropped === undefined ? answer : { ...answer, dropped: accepted.dropped };
}

function hashRequest({ input, mode, version, triggerNodeId, until, pins, items }: StartRunInput): Buffer {
  return createHash("sha256").update(canonicalText({ input, mode, version, triggerNodeId, until, pins, items })).digest();
}
