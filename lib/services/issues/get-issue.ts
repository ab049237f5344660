import type { IssueView } from "#lib/shared/inbox-types.ts";
import type { Context } from "../context.ts";
import { authorize } from "../permissions.ts";
import { readIssue } from "./read-issue.ts";

/** Shows one issue with its runbook and what people did about it. */
export async function getIssue({ ctx, input }: { ctx: Context; input: { id: string } }): Promise<IssueView> {
  authorize(ctx.actor, "issues:read");
  return readIssue(ctx, input.id);
}
