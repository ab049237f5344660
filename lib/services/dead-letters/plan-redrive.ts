import type { ReplayPlan } from "#lib/shared/inbox-types.ts";
import type { Context } from "../context.ts";
import { authorize } from "../permissions.ts";
import { frozenInputProblems } from "../runs/frozen-input.ts";
import { describeReplay } from "../runs/plan-replay.ts";
import { findLetter } from "./find-letter.ts";
import type { RedriveInput } from "./schemas.ts";

const undecided = "it is not known whether this call was applied: decide done, repeat or failed";

/** Tells what redriving an item would do, without doing it. */
export async function planRedrive({ ctx, input }: { ctx: Context; input: RedriveInput }): Promise<ReplayPlan> {
  authorize(ctx.actor, "issues:read");
  const { from, version, keys } = input;
  const letter = await findLetter(ctx, input.id);
  const start = from === "failed" ? letter.nodeId : from;
  const plan = await describeReplay(ctx, { id: letter.runId, from: start, version, keys, input: input.input });
  const same = from === "failed" && version === "same";
  const own = same && input.input !== undefined && letter.node !== null ? await frozenInputProblems(letter.node, input.input) : [];
  return {
    ...plan,
    as: same ? "redrive" : plan.as,
    problems: letter.kind === "unknown_outcome" ? [undecided] : [...new Set([...plan.problems, ...own])],
  };
}
