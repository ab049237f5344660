import type pg from "pg";
import { documentSchema, type WorkflowDocument } from "#lib/graph/document.ts";
import { gateOf } from "#lib/policies/admission.ts";
import { asBatchText } from "#lib/policies/batch.ts";
import { attributesOf } from "#lib/policies/run-attributes.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import type { Acceptance } from "./intake.ts";

const findDocuments = "SELECT id, document FROM workflow_document WHERE id = ANY ($1::uuid[]) AND workspace_id = $2";

/** Behind whatever comes in live: a higher number waits longer. */
const bulkPriority = 10;

/** A run to be made again from its start, and the version it is to run by. */
export interface ReplayItem {
  run_id: string;
  workflow_id: string;
  document_id: string;
  version: number | null;
  mode: "live" | "test";
  trigger_type: string;
  trigger_node_id: string;
  keys_of: string | null;
  /** JSON text. */
  data: string;
}

interface Wish {
  workspaceId: string;
  keys: "same" | "new";
  now: number;
}

/** What the intake needs for each, in the same order; or what stands against it. */
export async function replayAcceptances(
  client: pg.ClientBase,
  wish: Wish,
  items: readonly ReplayItem[],
): Promise<({ acceptance: Acceptance } | { obstacle: string })[]> {
  const documents = await readDocuments(client, wish.workspaceId, items);
  return items.map((item) => {
    const document = documents.get(item.document_id);
    if (document === undefined) return { obstacle: "its version is not kept any more" };
    if (!document.nodes.some((node) => node.id === item.trigger_node_id)) {
      return { obstacle: `version ${item.version} has no trigger ${item.trigger_node_id} to start from` };
    }
    return { acceptance: toAcceptance(wish, item, document) };
  });
}

async function readDocuments(
  client: pg.ClientBase,
  workspaceId: string,
  items: readonly ReplayItem[],
): Promise<Map<string, WorkflowDocument>> {
  const ids = [...new Set(items.map((item) => item.document_id))];
  const { rows } = await client.query<{ id: string; document: string }>(findDocuments, [ids, workspaceId]);
  return new Map(rows.map((row) => [row.id, documentSchema.parse(JSON.parse(row.document))]));
}

function toAcceptance({ workspaceId, keys, now }: Wish, item: ReplayItem, { settings }: WorkflowDocument): Acceptance {
  const { run_id: id, mode } = item;
  const data = asBatchText(settings, item.data);
  const arriving = { settings, trigger: (): JsonValue => JSON.parse(data), mode, now };
  return {
    workspaceId,
    workflowId: item.workflow_id,
    documentId: item.document_id,
    version: item.version,
    mode,
    triggerId: null,
    triggerType: item.trigger_type,
    triggerNodeId: item.trigger_node_id,
    data,
    dedupe: null,
    runDeadlineMs: settings.runDeadlineMs,
    replayOf: id,
    keys: keys === "new" ? { as: "new" } : { as: "same", of: { id, keysOf: item.keys_of } },
    priority: bulkPriority,
    gate: gateOf(arriving),
    attributes: attributesOf(arriving),
  };
}
