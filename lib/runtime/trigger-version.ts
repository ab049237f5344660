import { documentSchema, type WorkflowDocument } from "#lib/graph/document.ts";
import { takesCanary } from "#lib/policies/rollout.ts";

/** A live trigger, with the documents of the version that is live and of the one under trial. */
export interface VersionedTrigger {
  workflow_id: string;
  node_id: string;
  version: number;
  document_id: string;
  document: string;
  canary_version: number | null;
  canary_document_id: string | null;
  canary_percent: number | null;
  canary_document: string | null;
}

export interface ChosenVersion {
  version: number;
  documentId: string;
  document: WorkflowDocument;
}

/** Says which version takes an event: the live one, or the one under trial if it has this trigger too and the event falls to it. */
export function versionChooser(row: VersionedTrigger, type: string): (key: string) => ChosenVersion {
  const live = { version: row.version, documentId: row.document_id, document: documentSchema.parse(JSON.parse(row.document)) };
  const canary = canaryOf(row, type);
  if (canary === null) return () => live;
  const percent = row.canary_percent ?? 0;
  return (key) => (takesCanary({ workflowId: row.workflow_id, key, percent }) ? canary : live);
}

function canaryOf(row: VersionedTrigger, type: string): ChosenVersion | null {
  if (row.canary_version === null || row.canary_document_id === null || row.canary_document === null) return null;
  const document = documentSchema.parse(JSON.parse(row.canary_document));
  const has = document.nodes.some((node) => node.id === row.node_id && node.type === type && !node.disabled);
  return has ? { version: row.canary_version, documentId: row.canary_document_id, document } : null;
}
