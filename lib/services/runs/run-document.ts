import { compileDocument } from "#lib/graph/compile.ts";
import type { WorkflowDocument, WorkflowNode } from "#lib/graph/document.ts";
import { takesCanary } from "#lib/policies/rollout.ts";
import { AppError } from "#lib/shared/errors.ts";
import type { Context } from "../context.ts";
import { readJson } from "../json-column.ts";
import { readVersionDocument } from "../workflows/live-document.ts";
import { checkDraft, isBlocking } from "../workflows/problems.ts";
import { putDocument } from "../workflows/put-document.ts";
import { findOpenRollout } from "../workflows/rollouts.ts";
import { refuseTestWish, type TestWish, testDocument } from "./test-document.ts";

export interface RunDocument {
  documentId: string;
  document: WorkflowDocument;
  /** Null: the draft. */
  version: number | null;
}

interface WorkflowRow {
  id: string;
  draft: string;
  liveVersion: number | null;
  pausedAt: Date | null;
  archivedAt: Date | null;
}

/** Chooses what a run that somebody asks for executes: the live version, a given one, or for a test a snapshot of the draft. */
export async function chooseDocument(
  ctx: Context,
  workflow: WorkflowRow,
  wish: TestWish & { mode: "live" | "test"; version?: number | undefined; key: string },
): Promise<RunDocument> {
  if (wish.mode === "live") refuseTestWish(wish);
  if (workflow.archivedAt !== null) throw new AppError("conflict", "this workflow is archived");
  if (wish.mode === "test" && wish.version === undefined) return snapshotDraft(ctx, workflow, wish);
  if (wish.mode === "live" && workflow.pausedAt !== null)
    throw new AppError("conflict", "this workflow is paused; resume it, or start a test");
  const version = wish.version ?? (await versionFor(ctx, workflow, wish.key));
  if (version === null) throw new AppError("conflict", "nothing of this workflow is live yet; publish it, or start a test");
  const published = await readVersionDocument(ctx.db.prisma, workflow.id, version);
  return wish.mode === "live" ? published : forTest(ctx, workflow.id, published, wish);
}

/** A test of a version without wishes runs the version's own document; any other a snapshot. */
async function forTest(ctx: Context, workflowId: string, published: RunDocument, wish: TestWish): Promise<RunDocument> {
  if (wish.until === undefined && wish.pins === undefined && wish.items === undefined) return published;
  const document = testDocument(published.document, wish);
  return { ...published, document, documentId: await putDocument(ctx.db.prisma, ctx, workflowId, document) };
}

/** The live version, or the one under trial if the item falls to it. */
async function versionFor(ctx: Context, workflow: WorkflowRow, key: string): Promise<number | null> {
  if (workflow.liveVersion === null) return null;
  const rollout = await findOpenRollout(ctx.db.prisma, workflow.id);
  if (rollout === null || rollout.state === "paused") return workflow.liveVersion;
  return takesCanary({ workflowId: workflow.id, key, percent: rollout.percent }) ? rollout.version : workflow.liveVersion;
}

/** What is wrong with a trigger does not matter to a test: it is not the trigger that starts it. */
async function snapshotDraft(ctx: Context, workflow: WorkflowRow, wish: TestWish): Promise<RunDocument> {
  const { document, problems } = await checkDraft(ctx.db.prisma, ctx, readJson(workflow.draft));
  const triggerIds = new Set(document === null ? [] : compileDocument(document).triggers.map((node) => node.id));
  const blocking = problems.filter((problem) => isBlocking(problem) && !triggerIds.has(problem.nodeId ?? ""));
  if (document === null || blocking.length > 0) {
    const count = `${blocking.length} problem${blocking.length === 1 ? "" : "s"}`;
    throw new AppError("not_publishable", `the draft cannot run: it has ${count}`, { problems: blocking });
  }
  const tested = testDocument(document, wish);
  const documentId = await putDocument(ctx.db.prisma, ctx, workflow.id, tested);
  return { documentId, document: tested, version: null };
}

/** The trigger a run that somebody asks for starts from: the named one, the manual one, or the first. */
export function chooseTrigger(document: WorkflowDocument, nodeId: string | undefined): WorkflowNode {
  const triggers = compileDocument(document).triggers.filter((node) => !node.disabled);
  const named = triggers.find((node) => node.id === nodeId);
  const usual = triggers.find((node) => node.type === "manual") ?? triggers[0];
  const chosen = nodeId === undefined ? usual : named;
  if (chosen !== undefined) return chosen;
  const message = nodeId === undefined ? "the workflow has no trigger to start from" : `there is no trigger ${nodeId}`;
  throw new AppError("invalid_input", message, { problems: [{ path: "triggerNodeId", message }] });
}
