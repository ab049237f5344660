import * as z from "zod";
import { documentSchema, type WorkflowDocument } from "#lib/graph/document.ts";

/** The part of localStorage we use; tests pass a Map of their own. */
export interface DraftStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** Edits that did not reach the server, kept in this browser. */
export interface LocalDraft {
  document: WorkflowDocument;
  /** The revision the edits were made on. */
  revision: number;
  at: string;
}

// The document is not parsed strictly: a setting out of range may be the very reason why it was not saved.
const looseDocument = z.custom<WorkflowDocument>(
  (value) =>
    z
      .object({ schemaVersion: z.literal(1), nodes: z.array(z.object({ id: z.string() })), edges: z.array(z.object({ id: z.string() })) })
      .safeParse(value).success,
);
const localDraftSchema = z.object({ document: z.union([documentSchema, looseDocument]), revision: z.int(), at: z.string() });

const keyOf = (workflowId: string) => `sluice.draft.${workflowId}`;

/** Keeps a draft in the browser. A full or forbidden storage must not stop the editor: then there is no local copy. */
export function keepLocalDraft(storage: DraftStorage, workflowId: string, draft: LocalDraft): boolean {
  try {
    storage.setItem(keyOf(workflowId), JSON.stringify(draft));
    return true;
  } catch {
    return false;
  }
}

/** The draft kept for a workflow, if any. */
export function readLocalDraft(storage: DraftStorage, workflowId: string): LocalDraft | null {
  try {
    const parsed = localDraftSchema.safeParse(JSON.parse(storage.getItem(keyOf(workflowId)) ?? "null"));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

export function forgetLocalDraft(storage: DraftStorage, workflowId: string): void {
  storage.removeItem(keyOf(workflowId));
}
