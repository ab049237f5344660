import type { WorkflowDocument } from "#lib/graph/document.ts";
import { newId } from "#lib/shared/ids.ts";
import type { Context } from "../context.ts";
import type { Transaction } from "../transaction.ts";
import { canonicalText, hashText } from "./document-text.ts";

/** Keeps an immutable snapshot of a document, once however often it is asked for. Gives its id. */
export async function putDocument(client: Transaction, ctx: Context, workflowId: string, document: WorkflowDocument): Promise<string> {
  const text = canonicalText(document);
  const key = { workflowId, hash: hashText(text) };
  await client.workflowDocument.createMany({
    data: [{ id: newId(), workspaceId: ctx.workspaceId, document: text, ...key }],
    skipDuplicates: true,
  });
  const { id } = await client.workflowDocument.findUniqueOrThrow({ where: { workflowId_hash: key }, select: { id: true } });
  return id;
}
