import type { WorkflowDocument } from "#lib/graph/document.ts";

export type SavePhase = "idle" | "dirty" | "saving" | "saved" | "offline" | "rejected" | "conflict";

/** Where the draft stands between this browser and the server. Compared by identity: documents are immutable. */
export interface SaveState {
  phase: SavePhase;
  /** The revision the next save starts from. */
  revision: number;
  /** What the server has. */
  saved: WorkflowDocument;
  /** What the editor shows. */
  current: WorkflowDocument;
  /** What is on its way to the server. */
  inFlight: WorkflowDocument | null;
  savedAt: string | null;
  /** Failed saves since the last good one; decides the wait before the next. */
  failures: number;
  /** Why the server did not take the draft. */
  reason: string | null;
}

export type SaveEvent =
  | { type: "edited"; document: WorkflowDocument }
  | { type: "started" }
  | { type: "succeeded"; revision: number; savedAt: string }
  | { type: "unreachable" }
  | { type: "rejected"; reason: string }
  | { type: "stale" }
  /** The conflict was settled: the draft of the server (and perhaps our document on top of it) is the new ground. */
  | { type: "rebased"; revision: number; saved: WorkflowDocument; current: WorkflowDocument };

/** The state of a draft that was just loaded. */
export function loadedDraft(a: { document: WorkflowDocument; revision: number }): SaveState {
  return {
    phase: "idle",
    revision: a.revision,
    saved: a.document,
    current: a.document,
    inFlight: null,
    savedAt: null,
    failures: 0,
    reason: null,
  };
}

/** Whether the editor holds edits the server has not confirmed. */
export function hasUnsaved(state: SaveState): boolean {
  return state.current !== state.saved;
}

/** The next state. A save in flight covers only what it took along: edits made meanwhile stay dirty. */
export function reduceSave(state: SaveState, event: SaveEvent): SaveState {
  switch (event.type) {
    case "edited":
      return edited(state, event.document);
    case "started":
      return { ...state, phase: "saving", inFlight: state.current };
    case "succeeded": {
      const saved = state.inFlight ?? state.saved;
      const settled = { ...state, saved, inFlight: null, revision: event.revision, savedAt: event.savedAt, failures: 0, reason: null };
      return { ...settled, phase: state.current === saved ? "saved" : "dirty" };
    }
    case "unreachable":
      return { ...state, phase: "offline", inFlight: null, failures: state.failures + 1 };
    case "rejected":
      return { ...state, phase: "rejected", inFlight: null, reason: event.reason };
    case "stale":
      return { ...state, phase: "conflict", inFlight: null };
    case "rebased": {
      const phase = event.current === event.saved ? "saved" : "dirty";
      return { ...loadedDraft({ document: event.saved, revision: event.revision }), current: event.current, phase, savedAt: state.savedAt };
    }
  }
}

function edited(state: SaveState, document: WorkflowDocument): SaveState {
  const next = { ...state, current: document };
  // A conflict is for a person to settle, and a lost connection does not come back by typing.
  if (state.phase === "conflict" || state.phase === "offline" || state.phase === "saving") return next;
  if (document !== state.saved) return { ...next, phase: "dirty", reason: null };
  return { ...next, phase: state.savedAt === null ? "idle" : "saved", reason: null };
}

export const quietMs = 800;
const firstRetryMs = 1_000;
const lastRetryMs = 30_000;

/** How long to wait before the next save; null when there is nothing to save or it must not be tried. */
export function nextSaveInMs(state: SaveState): number | null {
  if (!hasUnsaved(state)) return null;
  if (state.phase === "dirty") return quietMs;
  if (state.phase === "offline") return Math.min(firstRetryMs * 2 ** (state.failures - 1), lastRetryMs);
  return null;
}
