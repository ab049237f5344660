import type { WorkflowDocument } from "#lib/graph/document.ts";

export interface HistoryEntry {
  /** The document to go back (or forward) to. */
  document: WorkflowDocument;
  /** What the step did, for the tooltip of the button: "Move 3 steps". */
  label: string;
}

export interface History {
  past: HistoryEntry[];
  future: HistoryEntry[];
  /** The burst the newest entry belongs to: edits with the same key soon after it join it. */
  burst: { key: string; atMs: number } | null;
}

export const historyLimit = 200;
/** Edits of one field that follow each other within this time are one step of undo. */
export const burstMs = 1_000;

export const emptyHistory: History = { past: [], future: [], burst: null };

/** Notes that `before` was replaced. `burstKey` joins keystrokes into one entry. */
export function record(history: History, before: HistoryEntry, at: { nowMs: number; burstKey: string | null }): History {
  const burst = at.burstKey === null ? null : { key: at.burstKey, atMs: at.nowMs };
  const { burst: last } = history;
  const joins = burst !== null && last !== null && last.key === burst.key && at.nowMs - last.atMs <= burstMs;
  if (joins) return { past: history.past, future: [], burst };
  return { past: [...history.past, before].slice(-historyLimit), future: [], burst };
}

/** One step back; null when there is none. */
export function stepBack(history: History, current: WorkflowDocument): { history: History; document: WorkflowDocument } | null {
  const entry = history.past.at(-1);
  if (entry === undefined) return null;
  const future = [{ document: current, label: entry.label }, ...history.future];
  return { document: entry.document, history: { past: history.past.slice(0, -1), future, burst: null } };
}

/** One step forward again; null when there is none. */
export function stepForward(history: History, current: WorkflowDocument): { history: History; document: WorkflowDocument } | null {
  const [entry, ...future] = history.future;
  if (entry === undefined) return null;
  const past = [...history.past, { document: current, label: entry.label }];
  return { document: entry.document, history: { past, future, burst: null } };
}
