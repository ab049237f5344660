import { compileDocument } from "#lib/graph/compile.ts";
import type { WorkflowDocument, WorkflowNode } from "#lib/graph/document.ts";
import { getDefinition } from "#lib/nodes/registry.definitions.ts";
import { newId } from "#lib/shared/ids.ts";
import { isJsonObject, type JsonObject } from "#lib/shared/json.ts";
import type { ContextWith } from "../context.ts";
import type { Transaction } from "../transaction.ts";
import { scheduleColumns } from "./next-fire.ts";
import { syncPoll } from "./sync-poll.ts";
import { makeWebhookAddress } from "./webhook-token.ts";

export interface LiveDocument {
  workflowId: string;
  version: number;
  documentId: string;
  document: WorkflowDocument;
  /** False while the workflow is paused or archived: its triggers are kept, and do nothing. */
  running: boolean;
}

/**
 * Makes the trigger rows those of the live version. A trigger keeps its row over all versions, and with it its address: a node
 * that is taken out and comes back in a later version answers at the same URL again.
 */
export async function syncTriggers(transaction: Transaction, ctx: ContextWith<"secrets">, live: LiveDocument): Promise<void> {
  const nodes = compileDocument(live.document).triggers.filter((node) => !node.disabled);
  const existing = await transaction.workflowTrigger.findMany({ where: { workflowId: live.workflowId } });
  for (const node of nodes) {
    const row = existing.find((candidate) => candidate.nodeId === node.id);
    const id = row?.id ?? newId();
    const config = fullConfig(node);
    const common = {
      type: node.type,
      config: JSON.stringify(config),
      version: live.version,
      documentId: live.documentId,
      enabled: live.running,
      ...(live.running && node.type === "schedule" ? scheduleColumns(row, config, ctx.now()) : noTimes),
      updatedAt: new Date(ctx.now()),
      ...(node.type === "webhook" && !row?.tokenHash ? await makeWebhookAddress(ctx, id) : {}),
    };
    if (row === undefined) {
      const key = { id, workspaceId: ctx.workspaceId, workflowId: live.workflowId, nodeId: node.id };
      await transaction.workflowTrigger.create({ data: { ...key, ...common } });
    } else {
      await transaction.workflowTrigger.update({ where: { id }, data: common });
    }
    if (node.type === "poll") await syncPoll(transaction, ctx, { id, config, changed: row?.documentId !== live.documentId });
  }
  await transaction.workflowTrigger.updateMany({
    where: { workflowId: live.workflowId, nodeId: { notIn: nodes.map((node) => node.id) } },
    data: { enabled: false, ...noTimes },
  });
}

const noTimes = { nextFireAt: null, earlierSchedules: null };

/** The config with its defaults filled in, so that whoever reads the row needs no node definitions. */
function fullConfig(node: WorkflowNode): JsonObject {
  const parsed = getDefinition(node.type)?.config.safeParse(node.config);
  // A config schema only ever gives JSON; the round trip says so to the compiler and drops absent fields.
  const value: unknown = parsed?.success ? JSON.parse(JSON.stringify(parsed.data)) : node.config;
  return isJsonObject(value) ? value : {};
}
