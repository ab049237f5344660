import * as z from "zod";
import type { WorkflowDocument } from "#lib/graph/document.ts";
import { readDraft } from "./read-draft.ts";

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
  /** What the server had at that revision, to join the edits with what was saved since. Copies of older releases lack it. */
  base?: WorkflowDocument | undefined;
  at: string;
}

const localDraftSchema = z.object({ document: z.json(), revision: z.int(), base: z.json().optional(), at: z.string() });

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
    const document = parsed.success ? readDraft(parsed.data.document) : null;
    if (!parsed.success || document === null) return null;
    const base = readDraft(parsed.data.base ?? null) ?? undefined;
    return { revision: parsed.data.revision, at: parsed.data.at, document, ...(base === undefined ? {} : { base }) };
  } catch {
    return null;
  }
}

export function forgetLocalDraft(storage: DraftStorage, workflowId: string): void {
  storage.removeItem(keyOf(workflowId));
}
