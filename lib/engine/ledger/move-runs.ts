import type pg from "pg";
import { statement } from "#lib/db/statement.ts";
import { type CompiledDocument, compileDocument } from "#lib/graph/compile.ts";
import { documentSchema } from "#lib/graph/document.ts";
import type { StepStatus } from "#lib/shared/statuses.ts";
import { judgeMove, type MovedRun, type MoveObstacle } from "../judge-move.ts";
import { type AuditRow, putAuditRow } from "./audit-row.ts";

const lockRuns = statement(new URL("./sql/lock-moved-runs.sql", import.meta.url));
const readSteps = statement(new URL("./sql/moved-steps.sql", import.meta.url));
const moveThem = statement(new URL("./sql/move-runs.sql", import.meta.url));

/** Who moves runs, for the log. */
export type Mover = Pick<AuditRow, "actorType" | "actorId" | "requestId">;

export interface MoveRuns {
  workspaceId: string;
  runIds: readonly string[];
  /** Of each run's workflow: a version by its number, or the one that is live. */
  version: number | "live";
  by: Mover;
  /** Only to tell what would happen. */
  dryRun: boolean;
}

/** What becomes of a run that was to be moved. `toVersion` is null when there is no such version. */
export interface MoveOutcome {
  runId: string;
  fromVersion: number | null;
  toVersion: number | null;
  moved: boolean;
  obstacles: MoveObstacle[];
}

interface RunRow extends Omit<MovedRun, "triggerNodeId"> {
  id: string;
  workflow_id: string;
  document_id: string;
  version: number | null;
  trigger_node_id: string;
}

interface StepRow {
  run_id: string;
  node_id: string;
  inside: boolean;
  status: StepStatus;
  port: string | null;
  called: boolean;
  undoable: boolean;
  open: boolean;
}

interface VersionRow {
  workflow_id: string;
  version: number;
  document_id: string;
}

const findVersions = `
  SELECT v.workflow_id, v.version, v.document_id FROM workflow_version v JOIN workflow w ON w.id = v.workflow_id
  WHERE w.id = ANY ($1::uuid[]) AND v.version = coalesce($2::int, w.live_version)`;

/**
 * Lets runs that wait go on by another version of their workflows, in the caller's transaction: each is judged under its lock, so a
 * worker either claims it before, and then it is not moved, or after, and then finds the new version. Runs that do not exist are left out.
 */
export async function moveRuns(client: pg.ClientBase, request: MoveRuns): Promise<MoveOutcome[]> {
  const { workspaceId, dryRun } = request;
  const { rows: runs } = await client.query<RunRow>({ ...lockRuns, values: [request.runIds, workspaceId] });
  const { rows: steps } = await client.query<StepRow>({ ...readSteps, values: [runs.map((run) => run.id)] });
  const targets = await targetsOf(client, runs, request.version);
  const documents = await compiledDocuments(client, [
    ...runs.map((run) => run.document_id),
    ...[...targets.values()].map((target) => target.document_id),
  ]);
  const byRun = Map.groupBy(steps, (step) => step.run_id);
  const judged = runs.map((run) => judge(run, targets.get(run.workflow_id), byRun.get(run.id) ?? [], documents));
  const free = dryRun ? [] : judged.filter((one) => one.obstacles.length === 0 && one.target !== undefined);
  if (free.length > 0) {
    const columns = [
      free.map(({ run }) => run.id),
      free.map(({ target }) => target?.document_id),
      free.map(({ target }) => target?.version),
    ];
    await client.query({ ...moveThem, values: [...columns, workspaceId] });
    for (const { run, target } of free) await putAuditRow(client, auditOf(request, run, target));
  }
  const moved = new Set(free.map(({ run }) => run.id));
  return judged.map(({ run, target, obstacles }) => ({
    runId: run.id,
    fromVersion: run.version,
    toVersion: target?.version ?? null,
    moved: moved.has(run.id),
    obstacles,
  }));
}

async function targetsOf(client: pg.ClientBase, runs: readonly RunRow[], version: MoveRuns["version"]): Promise<Map<string, VersionRow>> {
  const workflowIds = [...new Set(runs.map((run) => run.workflow_id))];
  const { rows } = await client.query<VersionRow>(findVersions, [workflowIds, version === "live" ? null : version]);
  return new Map(rows.map((row) => [row.workflow_id, row]));
}

async function compiledDocuments(client: pg.ClientBase, ids: readonly string[]): Promise<Map<string, CompiledDocument>> {
  const { rows } = await client.query<{ id: string; document: string }>(
    "SELECT id, document FROM workflow_document WHERE id = ANY ($1::uuid[])",
    [[...new Set(ids)]],
  );
  return new Map(rows.map((row) => [row.id, compileDocument(documentSchema.parse(JSON.parse(row.document)))]));
}

interface Judged {
  run: RunRow;
  target: VersionRow | undefined;
  obstacles: MoveObstacle[];
}

function judge(
  run: RunRow,
  target: VersionRow | undefined,
  rows: readonly StepRow[],
  documents: ReadonlyMap<string, CompiledDocument>,
): Judged {
  const refuse = (message: string): Judged => ({ run, target, obstacles: [{ nodeId: null, message }] });
  if (!target) return refuse("its workflow has no such version");
  if (target.document_id === run.document_id && target.version === run.version)
    return refuse(`it runs by version ${target.version} already`);
  const [before, after] = [documents.get(run.document_id), documents.get(target.document_id)];
  if (!before || !after) return refuse("one of the two versions is not kept any more");
  const of = ({ node_id: nodeId, ...row }: StepRow) => ({ ...row, nodeId });
  const steps = rows.filter((row) => !row.inside).map(of);
  const inside = rows.filter((row) => row.inside).map(of);
  const state: MovedRun = { ...run, triggerNodeId: run.trigger_node_id };
  return { run, target, obstacles: judgeMove({ run: state, before, after, steps, inside, to: `v${target.version}` }) };
}

function auditOf({ workspaceId, by }: MoveRuns, run: RunRow, target: VersionRow | undefined): AuditRow {
  const details = { before: { version: run.version }, after: { version: target?.version ?? null } };
  return { workspaceId, ...by, action: "run.moved", entityType: "run", entityId: run.id, details };
}
