import { createHash } from "node:crypto";
import type pg from "pg";
import { statement } from "#lib/db/statement.ts";
import { compileDocument } from "#lib/graph/compile.ts";
import { documentSchema, type WorkflowDocument, type WorkflowNode } from "#lib/graph/document.ts";
import { checkAgainst } from "#lib/graph/json-schema.ts";
import { NodeError } from "#lib/nodes/runner.ts";
import { gateOf } from "#lib/policies/admission.ts";
import { asBatch } from "#lib/policies/batch.ts";
import { attributesOf } from "#lib/policies/run-attributes.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "#lib/shared/json.ts";
import type { RunStatus } from "#lib/shared/statuses.ts";
import type { Intake } from "../ledger/intake.ts";
import type { Failure, RunState } from "../run-state.ts";

const findCallable = statement(new URL("./sql/find-callable.sql", import.meta.url));
const lastChild = statement(new URL("./sql/last-child.sql", import.meta.url));
const lookChild = statement(new URL("./sql/look-child.sql", import.meta.url));
const childOutputs = statement(new URL("./sql/child-outputs.sql", import.meta.url));
const cancelChildren = statement(new URL("./sql/cancel-children.sql", import.meta.url));

/** A run that is called by one that is called … by the first: this many below it, and no more. */
export const maxDepth = 10;
/** As long as a run may be given to end, and a month on top. */
const childLifeMs = 34_560_000_000 + 2_592_000_000;

export interface ChildRequest {
  parent: Pick<RunState, "id" | "workspaceId" | "workflowId" | "mode" | "depth" | "failureOf" | "priority">;
  stepId: string;
  /** How many children the step had before its last redrive. */
  generation: number;
  workflowId: string;
  input: JsonValue;
  waits: boolean;
  now: number;
}

export type ChildState =
  | { status: "succeeded"; output: JsonValue }
  | { status: "failed" | "canceled"; error: Failure | null }
  | { status: Exclude<RunStatus, "succeeded" | "failed" | "canceled"> };

interface CallableRow {
  name: string;
  live_version: number | null;
  paused: boolean;
  archived: boolean;
  document_id: string | null;
  document: string | null;
  calls_itself: boolean;
}

/** Runs that were started by a step of another run. */
export class ChildRuns {
  readonly #pool: pg.Pool;
  readonly #intake: Pick<Intake, "accept">;

  constructor({ pool, intake }: { pool: pg.Pool; intake: Pick<Intake, "accept"> }) {
    this.#pool = pool;
    this.#intake = intake;
  }

  /**
   * Starts the live version of a workflow of the same workspace at its manual trigger, in the mode of the parent, and gives
   * the run's id; asked again for the same step and generation, that of the first. Throws NodeError when it cannot be called.
   */
  async start(request: ChildRequest): Promise<string> {
    const { parent, workflowId, input } = request;
    const { rows } = await this.#pool.query<CallableRow>({ ...findCallable, values: [workflowId, parent.workspaceId, parent.id] });
    const { document, documentId, version, trigger } = requireCallable(rows[0], parent.depth);
    requireValid(trigger, input);
    const data: JsonObject = { body: input };
    const arriving = { settings: document.settings, trigger: () => data, mode: parent.mode, now: request.now };
    const accepted = await this.#intake.accept({
      workspaceId: parent.workspaceId,
      workflowId,
      documentId,
      version,
      mode: parent.mode,
      triggerId: null,
      triggerType: "sub-workflow",
      triggerNodeId: trigger.id,
      data: JSON.stringify(asBatch(document.settings, data)),
      dedupe: { key: `child ${request.stepId} ${request.generation}`, bodyHash: hashOf(data), ttlMs: childLifeMs },
      runDeadlineMs: document.settings.runDeadlineMs,
      replayOf: null,
      priority: parent.priority,
      gate: gateOf(arriving),
      attributes: attributesOf(arriving),
      origin: {
        parentRunId: parent.id,
        parentStepId: request.waits ? request.stepId : null,
        depth: parent.depth + 1,
        failureOf: parent.failureOf,
      },
    });
    return accepted.runId;
  }

  /** The child a step started last. */
  async last(key: {
    workspaceId: string;
    parentRunId: string;
    parentStepId: string;
  }): Promise<{ runId: string; status: RunStatus } | null> {
    const values = [key.parentRunId, key.parentStepId, key.workspaceId];
    const { rows } = await this.#pool.query<{ runId: string; status: RunStatus }>({ ...lastChild, values });
    return rows[0] ?? null;
  }

  /** How a child stands, and what it gave: the body of its answer if it has a `respond` node, else the output of its last steps. */
  async look(key: { workspaceId: string; runId: string }): Promise<ChildState> {
    const { rows } = await this.#pool.query<{ status: RunStatus; error: string | null; answer: string | null; document: string }>({
      ...lookChild,
      values: [key.runId, key.workspaceId],
    });
    const row = rows[0];
    // Only ended runs are ever removed.
    if (!row)
      return { status: "failed", error: { class: "permanent", code: "child_gone", message: "it is no longer kept", details: null } };
    const { status } = row;
    if (status === "failed" || status === "canceled") return { status, error: row.error === null ? null : JSON.parse(row.error) };
    if (status !== "succeeded") return { status };
    return { status, output: row.answer === null ? await this.#lastOutputs(key, row.document) : bodyOf(row.answer) };
  }

  /** Asks the children that a run waits for to end. */
  async cancel(key: { workspaceId: string; parentRunId: string }): Promise<void> {
    await this.#pool.query({ ...cancelChildren, values: [key.parentRunId, key.workspaceId] });
  }

  async #lastOutputs(key: { workspaceId: string; runId: string }, document: string): Promise<JsonValue> {
    const { rows } = await this.#pool.query<{ node_id: string; port: string | null; output: string | null }>({
      ...childOutputs,
      values: [key.runId, key.workspaceId],
    });
    const { outgoing } = compileDocument(documentSchema.parse(JSON.parse(document)));
    const ends = rows.filter((row) => !outgoing.get(row.node_id)?.some((edge) => edge.sourcePort === row.port));
    const outputs: [string, JsonValue][] = ends.map((row) => [row.node_id, row.output === null ? null : JSON.parse(row.output)]);
    return outputs.length === 1 ? (outputs[0]?.[1] ?? null) : Object.fromEntries(outputs);
  }
}

interface Callable {
  document: WorkflowDocument;
  documentId: string;
  version: number;
  trigger: WorkflowNode;
}

function requireCallable(row: CallableRow | undefined, depth: number): Callable {
  const refuse = (code: string, message: string) => new NodeError("permanent", code, message);
  if (!row || row.archived) throw refuse("child_unknown", "the workflow to call does not exist, or is archived");
  if (row.calls_itself)
    throw refuse("child_recursive", `${row.name} is already among the callers of this run: a workflow cannot call itself, by whatever way`);
  if (depth >= maxDepth)
    throw refuse("child_too_deep", `workflows may call each other ${maxDepth} deep, and ${row.name} would be one more`);
  if (row.paused) throw refuse("child_paused", `${row.name} is paused`);
  if (row.document_id === null || row.document === null || row.live_version === null)
    throw refuse("child_not_live", `nothing of ${row.name} is published`);
  const document = documentSchema.parse(JSON.parse(row.document));
  const trigger = document.nodes.find((node) => node.type === "manual" && !node.disabled);
  if (!trigger) throw refuse("child_no_trigger", `${row.name} has no manual trigger to be called at`);
  return { document, documentId: row.document_id, version: row.live_version, trigger };
}

function requireValid(trigger: WorkflowNode, input: JsonValue): void {
  const { inputSchema } = trigger.config;
  const problems = isJsonObject(inputSchema) ? checkAgainst(inputSchema, input) : [];
  if (problems.length === 0) return;
  const details = problems.map(({ path, message }) => ({ path: path === "" ? "input" : `input.${path}`, message }));
  throw new NodeError("validation", "child_input_invalid", `the input does not fit what the workflow takes: ${details[0]?.message}`, {
    details,
  });
}

/** Of what a `respond` node answered. */
function bodyOf(answer: string): JsonValue {
  const { headers, body } = JSON.parse(answer) as { headers: Record<string, string>; body: string }; // safe: the ledger wrote a HookAnswer
  if (body === "") return null;
  if (!/[/+]json\b/i.test(headers["content-type"] ?? "")) return body;
  try {
    const value: JsonValue = JSON.parse(body);
    return value;
  } catch {
    return body;
  }
}

function hashOf(data: JsonObject): Buffer {
  return createHash("sha256").update(JSON.stringify(data)).digest();
}
