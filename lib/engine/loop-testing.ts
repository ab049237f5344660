import type { OutboundRequest } from "#lib/nodes/runner.ts";
import type { JsonObject, JsonValue } from "#lib/shared/json.ts";
import type { TestEngine } from "./testing.ts";

/** What the tests of for-each share. */

interface Shape {
  loop?: JsonObject;
  call?: JsonObject;
  policy?: JsonObject;
  nodes?: object[];
  /** From `node` or `node:port`, to a node. */
  edges?: [string, string][];
}

/** start → loop; the body is one call that sends the item; behind `done` a set node keeps the loop's output. */
export function loopDocument({ loop = {}, call = {}, policy = {}, nodes = [], edges = [] }: Shape = {}) {
  const request = { method: "POST", url: "https://api.test/x", body: "{{ item }}", ...call };
  const wires: [string, string][] = [["start", "loop"], ["loop:item", "call"], ["loop:done", "after"], ...edges];
  return {
    schemaVersion: 1,
    nodes: [
      { id: "start", type: "manual", name: "Start" },
      { id: "loop", type: "for-each", name: "Loop", config: { items: "{{ trigger.body.list }}", ...loop } },
      { id: "call", type: "http-request", name: "Call", config: request, policy },
      { id: "after", type: "set", name: "After", config: { values: { out: "{{ steps.loop.output }}" } } },
      ...nodes,
    ],
    edges: wires.map(([from, target], index) => {
      const [source, sourcePort = "out"] = from.split(":");
      return { id: `e${index}`, source, sourcePort, target };
    }),
  };
}

export function bodyOf(request: OutboundRequest): JsonValue {
  return JSON.parse(request.body ?? "null") as JsonValue;
}

export function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

export interface StoredStep {
  node_id: string;
  iteration: string;
  status: string;
  attempts: number;
  output: JsonValue;
  error: JsonObject | null;
}

/** All steps of a node in a run, in the order in which they were made. */
export async function stepsOf(engine: TestEngine, runId: string, nodeId: string): Promise<StoredStep[]> {
  const { rows } = await engine.db.pool.query<Omit<StoredStep, "output" | "error"> & { output: string | null; error: string | null }>(
    `SELECT s.node_id, s.iteration, s.status, s.attempts, coalesce(s.output, p.body) AS output, s.error
     FROM step s LEFT JOIN payload p ON p.id = s.output_ref WHERE s.run_id = $1 AND s.node_id = $2 ORDER BY s.created_at, s.iteration`,
    [runId, nodeId],
  );
  return rows.map((row) => ({ ...row, output: JSON.parse(row.output ?? "null"), error: JSON.parse(row.error ?? "null") }));
}

export async function loopOutput(engine: TestEngine, runId: string): Promise<JsonObject> {
  const [loop] = await stepsOf(engine, runId, "loop");
  return loop?.output as JsonObject;
}

export interface Letter {
  id: string;
  iteration: string;
  node_id: string;
  kind: string;
  status: string;
  issue_id: string;
}

export async function lettersOf(engine: TestEngine, runId: string): Promise<Letter[]> {
  const { rows } = await engine.db.pool.query<Letter>(
    "SELECT id, iteration, node_id, kind, status, issue_id FROM dead_letter WHERE run_id = $1 ORDER BY length(iteration), iteration",
    [runId],
  );
  return rows;
}

/** What came of each item, for a short comparison. */
export function itemStatuses(output: JsonObject): string {
  const items = Array.isArray(output.items) ? output.items : [];
  return items.map((item) => ((item as JsonObject).status === "succeeded" ? "s" : "f")).join("");
}
