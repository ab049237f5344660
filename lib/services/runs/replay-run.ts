import type pg from "pg";
import { putAuditRow } from "#lib/engine/ledger/audit-row.ts";
import type { Acceptance } from "#lib/engine/ledger/intake.ts";
import { type Rerun, startRerun } from "#lib/engine/ledger/rerun.ts";
import { inTransaction } from "#lib/engine/ledger/transaction.ts";
import { gateOf } from "#lib/policies/admission.ts";
import { asBatchText } from "#lib/policies/batch.ts";
import { attributesOf } from "#lib/policies/run-attributes.ts";
import type { RunStarted } from "#lib/shared/api-types.ts";
import { AppError } from "#lib/shared/errors.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import { auditRow } from "../audit.ts";
import type { Context, ContextWith } from "../context.ts";
import { authorize } from "../permissions.ts";
import { policyOf, requireFrozenInput } from "./frozen-input.ts";
import { type PreparedReplay, prepareReplay, requirePossible } from "./prepare-replay.ts";
import { readEvent } from "./read-event.ts";
import type { ReplayRunInput } from "./schemas.ts";
import { toTrigger } from "./trigger-data.ts";

/** Makes a new run of an old one's data, from the start or from a step on. The original stays as it is. */
export async function replayRun({ ctx, input }: { ctx: ContextWith<"baseUrl">; input: ReplayRunInput }): Promise<RunStarted> {
  authorize(ctx.actor, "runs:write");
  const runId = await startReplay(ctx, input, null);
  return { runId, statusUrl: `${ctx.baseUrl}/api/v1/runs/${runId}` };
}

/** An item that the new run is to settle, and what is written down of that together with it. */
interface ReplayedLetter {
  id: string;
  record: (client: pg.ClientBase, runId: string) => Promise<void>;
}

/** The same for whoever was authorized before; with an item, that one leaves the inbox when the new run has succeeded. */
export async function startReplay(ctx: Context, input: ReplayRunInput, letter: ReplayedLetter | null): Promise<string> {
  const prepared = await prepareReplay(ctx, input);
  requirePossible(prepared, input.keys);
  const begin = await beginWith(prepared, input);
  const acceptance = await toAcceptance(ctx, prepared, input, begin === null);
  return inTransaction(ctx.db.pool, async (client) => {
    const rerun = { acceptance, restored: prepared.plan.restored, begin, deadLetterId: letter?.id ?? null, editedInput: input.input };
    const { runId } = await startRerun(client, rerun);
    const { from, version, keys } = input;
    const details = { before: { runId: input.id }, after: { runId, from, version, keys, edited: input.input !== undefined } };
    await putAuditRow(client, auditRow(ctx, { action: "run.replayed", entityType: "run", entityId: runId, details }));
    await letter?.record(client, runId);
    return runId;
  });
}

/** Past the start, an input is that of the step it begins at. */
async function beginWith({ from, compiled }: PreparedReplay, { input, from: wish }: ReplayRunInput): Promise<Rerun["begin"]> {
  if (input === undefined || from.length === 0) return null;
  const [nodeId] = from;
  const node = compiled.nodes.get(nodeId ?? "");
  if (from.length > 1 || node === undefined || (wish !== "failed" && wish !== nodeId)) {
    const message = "an input needs one step outside of loops to begin at; name the node";
    throw new AppError("invalid_input", message, { problems: [{ path: "from", message }] });
  }
  await requireFrozenInput(node, input);
  return { nodeId: node.id, effect: policyOf(node)?.idempotency.effect ?? "none", input };
}

async function toAcceptance(ctx: Context, prepared: PreparedReplay, input: ReplayRunInput, asEvent: boolean): Promise<Acceptance> {
  const { original, target, trigger } = prepared;
  const { settings } = target.document;
  const data =
    input.input !== undefined && asEvent
      ? JSON.stringify(toTrigger(settings, trigger, input.input, ctx.now()))
      : asBatchText(settings, await originalData(ctx, original.event_id));
  const arriving = { settings, trigger: (): JsonValue => JSON.parse(data), mode: original.mode, now: ctx.now() };
  return {
    workspaceId: ctx.workspaceId,
    workflowId: original.workflow_id,
    documentId: target.documentId,
    version: target.version,
    mode: original.mode,
    triggerId: null,
    triggerType: original.trigger_type,
    triggerNodeId: trigger.id,
    data,
    dedupe: null,
    runDeadlineMs: settings.runDeadlineMs,
    replayOf: original.id,
    keys: input.keys === "new" ? { as: "new" } : { as: "same", of: { id: original.id, keysOf: original.keys_of } },
    priority: 0,
    gate: gateOf(arriving),
    attributes: attributesOf(arriving),
  };
}

async function originalData(ctx: Context, eventId: string): Promise<string> {
  const event = await readEvent(ctx, eventId);
  if (event?.text === undefined) throw new AppError("conflict", "the data of the event is not kept any more; give an input");
  return event.text;
}
