import { foretell, type Verdict } from "#lib/policies/rerun.ts";
import { AppError } from "#lib/shared/errors.ts";
import type { ReplayPlan } from "#lib/shared/inbox-types.ts";
import type { Context } from "../context.ts";
import { authorize } from "../permissions.ts";
import { frozenInputProblems, policyOf } from "./frozen-input.ts";
import { type OriginalStep, type PreparedReplay, prepareReplay, requirePossible } from "./prepare-replay.ts";
import type { ReplayRunInput } from "./schemas.ts";
import { toTrigger } from "./trigger-data.ts";

/** What people read about each step that runs again. */
const notes: Record<Verdict, string> = {
  harmless: "May be repeated without harm.",
  acts: "Will act: nothing was done under its key so far.",
  acts_again: "Will act again.",
  skipped: "Will be skipped: its stored result is returned, unless its input is another than then.",
  may_be_skipped: "The remote is told the same key again and may answer from memory.",
  waits: "Waits until somebody decides what became of the earlier call.",
  refused: "Will be refused: its key was used with another input. Ask for new keys.",
};

/** Tells what a replay would do, without doing it: which version runs, from where, which steps run again and what their keys make of it. */
export async function planReplay({ ctx, input }: { ctx: Context; input: ReplayRunInput }): Promise<ReplayPlan> {
  authorize(ctx.actor, "runs:read");
  return describeReplay(ctx, input);
}

/** The same for whoever was authorized before. */
export async function describeReplay(ctx: Context, input: ReplayRunInput): Promise<ReplayPlan> {
  const prepared = await prepareReplay(ctx, input);
  const { original, target, from, plan, compiled } = prepared;
  const nameOf = (nodeId: string) => compiled.nodes.get(nodeId)?.name ?? nodeId;
  const kept = plan.restored;
  return {
    as: from.length === 0 ? "replay" : "rerun",
    runId: original.id,
    version: target.version,
    liveVersion: original.live_version,
    from: from.map((nodeId) => ({ nodeId, name: nameOf(nodeId) })),
    keeps: kept.map(({ nodeId }) => ({ nodeId, name: nameOf(nodeId) })),
    runs: plan.runs.map((nodeId) => describeStep(prepared, nodeId, input)),
    problems: [...problemsOf(prepared, input.keys), ...(await inputProblems(ctx, prepared, input))],
  };
}

/** What is wrong with an edited input: of the event from the start, else of the step it begins at. */
async function inputProblems(ctx: Context, { from, trigger, compiled }: PreparedReplay, given: ReplayRunInput): Promise<string[]> {
  const { input, from: wish } = given;
  if (input === undefined) return [];
  if (from.length > 0) {
    const [node] = from.map((nodeId) => compiled.nodes.get(nodeId));
    // In place of a step inside a loop the loop begins, whose input this is not.
    const own = from.length === 1 && node !== undefined && (wish === "failed" || wish === node.id);
    return own ? frozenInputProblems(node, input) : [];
  }
  try {
    toTrigger(compiled.document.settings, trigger, input, ctx.now());
    return [];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return error.problems.map(({ path, message }) => `${path}: ${message}`);
  }
}

function problemsOf(prepared: PreparedReplay, keys: "same" | "new"): string[] {
  try {
    requirePossible(prepared, keys);
    return [];
  } catch (error) {
    return error instanceof Error ? error.message.split("; ") : [];
  }
}

function describeStep({ compiled, steps, from }: PreparedReplay, nodeId: string, input: ReplayRunInput): ReplayPlan["runs"][number] {
  const node = compiled.nodes.get(nodeId);
  const idempotency = node ? policyOf(node)?.idempotency : undefined;
  const past = steps.filter((step) => step.nodeId === nodeId);
  const last = past.at(-1);
  const verdict = foretell({
    effect: idempotency?.effect ?? "none",
    keyed: idempotency?.key != null,
    keys: input.keys,
    calledBefore: past.some((step) => step.attempts > 0),
    edited: input.input !== undefined && from.includes(nodeId),
    record: recordOf(last),
  });
  return {
    nodeId,
    name: node?.name ?? nodeId,
    type: node?.type ?? "",
    effect: idempotency?.effect ?? "none",
    ranBefore: past.some((step) => step.status !== "skipped"),
    resultOf: verdict === "skipped" ? (resultTimeOf(last)?.toISOString() ?? null) : null,
    verdict,
    note: notes[verdict],
  };
}

/** When the result was made that is returned instead of a call. */
function resultTimeOf(step: OriginalStep | undefined): Date | null {
  return (step?.status === "succeeded" || step?.status === "deduplicated" ? step.finishedAt : step?.recordAt) ?? null;
}

/** A step that ended well holds its result, be the record its own or that of the first with its key. */
function recordOf(step: OriginalStep | undefined): OriginalStep["record"] {
  return step?.status === "succeeded" || step?.status === "deduplicated" ? "succeeded" : (step?.record ?? null);
}
