interface Asked {
  isError: boolean;
  isPending: boolean;
  /** What is shown is the plan of an earlier choice. */
  isPlaceholderData: boolean;
  data?: { problems: readonly string[] } | undefined;
}

/** Why a replay cannot be started yet; null: it can. A plan counts for the choice it was made for only. */
export function replayReason(problem: string | null, plan: Asked): string | null {
  if (problem !== null) return problem;
  if (plan.isError) return "The plan could not be made";
  if (plan.isPending || plan.isPlaceholderData) return "The plan is being made";
  return plan.data?.problems[0] ?? null;
}
