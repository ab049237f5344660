import type { WorkflowDocument } from "#lib/graph/document.ts";
import { getDefinition } from "#lib/nodes/registry.definitions.ts";
import { isJsonObject, type JsonValue } from "#lib/shared/json.ts";
import type { LoopPaceView, LoopView } from "#lib/shared/loop-types.ts";
import type { StepStatus } from "#lib/shared/statuses.ts";

interface LoopRow {
  node_id: string;
  status: StepStatus;
  /** JSON text. */
  loop_pace: string | null;
}

/** How far a loop under way has come, and at which pace it goes; null for any other step. */
export function loopView(document: WorkflowDocument, row: LoopRow, progress: JsonValue): LoopView | null {
  const pace = row.status === "waiting" ? paceOf(document, row) : null;
  if (!pace || !isJsonObject(progress)) return null;
  const { total, succeeded, failed, activeItems } = progress;
  return {
    ...pace,
    total: Number(total ?? 0),
    succeeded: Number(succeeded ?? 0),
    failed: Number(failed ?? 0),
    underWay: Array.isArray(activeItems) ? activeItems.length : 0,
  };
}

/** The pace a person gave it, or that of its document; null for a step that is no loop. */
export function paceOf(document: WorkflowDocument, row: Pick<LoopRow, "node_id" | "loop_pace">): LoopPaceView | null {
  const node = document.nodes.find(({ id }) => id === row.node_id);
  const definition = node && getDefinition(node.type);
  if (!node || !definition?.bodyPort) return null;
  const parsed = definition.config.safeParse(node.config);
  // Safe: only ever written from a pace, or parsed by the schema of for-each, the one node with a body.
  const { concurrency, tolerate } = (row.loop_pace === null ? parsed.data : JSON.parse(row.loop_pace)) as LoopPaceView;
  return { concurrency, tolerate };
}
