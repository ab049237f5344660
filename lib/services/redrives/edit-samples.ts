import { documentSchema } from "#lib/graph/document.ts";
import { editInput } from "#lib/policies/edit-input.ts";
import type { RedrivePlan } from "#lib/shared/inbox-types.ts";
import type { Context } from "../context.ts";
import { hideLinks } from "../hide-links.ts";
import { readJson } from "../json-column.ts";
import { listQuery } from "../list-query.ts";
import { frozenInputProblems } from "../runs/frozen-input.ts";
import { orderDirections } from "../schemas.ts";
import type { PlanRedriveInput } from "./schemas.ts";
import { lettersOf } from "./select-letters.ts";

const shown = 3;

interface SampleRow {
  id: string;
  node_id: string;
  input: string | null;
  document: string | null;
}

/** What an edit makes of the first items that would be redriven, each checked as its own step would check it. */
export async function editSamples(ctx: Context, { act, filter, edit, order }: PlanRedriveInput): Promise<RedrivePlan["samples"]> {
  if (edit === undefined) return [];
  const where = lettersOf(ctx.workspaceId, filter, act);
  const direction = orderDirections[order];
  const text = `SELECT l.id, l.node_id, l.input, d.document
    FROM dead_letter l LEFT JOIN run r ON r.id = l.run_id LEFT JOIN workflow_document d ON d.id = r.document_id
    WHERE ${where.sql} AND l.kind <> 'unknown_outcome' ORDER BY l.event_at ${direction}, l.id ${direction} LIMIT ${shown}`;
  const rows = await listQuery<SampleRow>(ctx, text, where.values);
  return Promise.all(
    rows.map(async ({ id, node_id: nodeId, input, document }) => {
      const before = readJson(hideLinks(ctx, input));
      const made = editInput(before, edit, new Date(ctx.now()).toISOString());
      if ("problem" in made) return { deadLetterId: id, before, after: null, problem: made.problem };
      const nodes = document === null ? [] : documentSchema.parse(JSON.parse(document)).nodes;
      const node = nodes.find((each) => each.id === nodeId);
      const [problem = null] = node ? await frozenInputProblems(node, made.input) : [];
      return { deadLetterId: id, before, after: made.input, problem };
    }),
  );
}
