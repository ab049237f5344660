/** One message of GET /api/v1/stream. `ids` are the changed ones; fetch what you show. */
export interface StreamMessage {
  kind: "run" | "issue" | "workflow" | "redrive" | "run-batch" | "approval" | "alert" | "presence";
  ids: string[];
}
