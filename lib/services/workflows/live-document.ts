import { documentSchema } from "#lib/graph/document.ts";
import { AppError } from "#lib/shared/errors.ts";
import type { Transaction } from "../transaction.ts";

export interface VersionDocument {
  version: number;
  documentId: string;
  document: ReturnType<typeof documentSchema.parse>;
}

/** Reads the document of a published version. The caller has made sure that the workflow is its own. */
export async function readVersionDocument(client: Transaction, workflowId: string, version: number): Promise<VersionDocument> {
  const row = await client.workflowVersion.findUnique({
    where: { workflowId_version: { workflowId, version } },
    include: { workflowDocument: true },
  });
  if (row === null) throw new AppError("not_found", `there is no version ${version}`);
  return { version, documentId: row.documentId, document: documentSchema.parse(JSON.parse(row.workflowDocument.document)) };
}
