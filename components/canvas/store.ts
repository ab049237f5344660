import { createStore, type StoreApi } from "zustand/vanilla";
import type { TestedItems, WorkflowDocument } from "#lib/graph/document.ts";
import type { ConnectionView, DocumentProblem, PollStatus } from "#lib/shared/api-types.ts";
import type { Clock } from "#lib/shared/clock.ts";
import { systemClock } from "#lib/shared/clock.ts";
import type { Point } from "./commands/move-nodes.ts";
import { indexDocument } from "./document-index.ts";
import type { Plug } from "./expression/plug.ts";
import { emptyHistory, type History, record, stepBack, stepForward } from "./history.ts";
import type { RunOverlay } from "./run-overlay.ts";

export interface Selection {
  nodeIds: string[];
  edgeIds: string[];
}

/** The node search that is open, and what it will do with the chosen type. */
export interface NodeSearch {
  /** Where the new node goes, in canvas coordinates; absent: the nearest free place. */
  position?: Point | undefined;
  /** The output it is wired to. */
  from?: { nodeId: string; port?: string | undefined } | undefined;
  /** The edge it is put into. */
  edgeId?: string | undefined;
  /** Where the search box opens, in window coordinates; absent: the middle of the canvas. */
  anchor?: Point | undefined;
}

export interface EditorState {
  document: WorkflowDocument;
  history: History;
  selection: Selection;
  /** The node the keyboard stands on: the one that Tab enters the canvas at. */
  activeNodeId: string | null;
  problems: DocumentProblem[];
  /** What was published last, live or under trial, to mark what changed since. */
  liveDocument: WorkflowDocument | null;
  connections: ConnectionView[];
  /** How the poll triggers of the live version fare, by their nodes. */
  polls: ReadonlyMap<string, PollStatus>;
  overlay: RunOverlay | null;
  search: NodeSearch | null;
  /** The node whose list of allowed targets is open. */
  connectingFrom: string | null;
  /** The node whose name is being typed on the canvas. */
  renaming: string | null;
  /** The edge a palette entry is held over: dropping it there inserts it. */
  dropEdgeId: string | null;
  /** The one item that tests and previews take of a loop, by the loop's id; without an entry tests go through all of them. */
  testedItems: TestedItems;
  /** The field a value is being picked for on the canvas. */
  plug: Plug | null;
  /** The settings of the workflow as a whole are shown. */
  settingsOpen: boolean;
  readOnly: boolean;

  /** The one gate of every edit: records history, keeps the selection honest. */
  apply(label: string, change: (document: WorkflowDocument) => WorkflowDocument, options?: { burstKey?: string }): void;
  undo(): string | null;
  redo(): string | null;
  select(selection: Partial<Selection>): void;
  set(change: Partial<Pick<EditorState, SettableKey>>): void;
}

type SettableKey =
  | "activeNodeId"
  | "problems"
  | "liveDocument"
  | "connections"
  | "polls"
  | "overlay"
  | "search"
  | "connectingFrom"
  | "renaming"
  | "dropEdgeId"
  | "plug"
  | "testedItems"
  | "settingsOpen"
  | "readOnly";

export type EditorStore = StoreApi<EditorState>;

function surviving(selection: Selection, document: WorkflowDocument): Selection {
  const { nodes, edges } = indexDocument(document);
  const nodeIds = selection.nodeIds.filter((id) => nodes.has(id));
  const edgeIds = selection.edgeIds.filter((id) => edges.has(id));
  const same = nodeIds.length === selection.nodeIds.length && edgeIds.length === selection.edgeIds.length;
  return same ? selection : { nodeIds, edgeIds };
}

function survivingId(id: string | null, document: WorkflowDocument): string | null {
  return id !== null && indexDocument(document).nodes.has(id) ? id : null;
}

function withDocument(state: EditorState, document: WorkflowDocument, history: History): Partial<EditorState> {
  return {
    document,
    history,
    selection: surviving(state.selection, document),
    activeNodeId: survivingId(state.activeNodeId, document),
    renaming: survivingId(state.renaming, document),
    connectingFrom: survivingId(state.connectingFrom, document),
  };
}

/** The state of one open editor. React reads it through `use-editor.ts`; tests drive it directly. */
export function createEditorStore(initial: { document: WorkflowDocument; readOnly?: boolean }, clock: Clock = systemClock): EditorStore {
  return createStore<EditorState>()((set, get) => ({
    document: initial.document,
    history: emptyHistory,
    selection: { nodeIds: [], edgeIds: [] },
    activeNodeId: initial.document.nodes[0]?.id ?? null,
    problems: [],
    liveDocument: null,
    connections: [],
    polls: new Map(),
    overlay: null,
    search: null,
    connectingFrom: null,
    renaming: null,
    dropEdgeId: null,
    plug: null,
    testedItems: {},
    settingsOpen: false,
    readOnly: initial.readOnly ?? false,
    apply: (label, change, options = {}) => {
      const state = get();
      if (state.readOnly) return;
      const document = change(state.document);
      if (document === state.document) return;
      const entry = { document: state.document, label };
      const history = record(state.history, entry, { nowMs: clock(), burstKey: options.burstKey ?? null });
      set(withDocument(state, document, history));
    },
    undo: () => {
      const state = get();
      const back = state.readOnly ? null : stepBack(state.history, state.document);
      if (back === null) return null;
      set(withDocument(state, back.document, back.history));
      return state.history.past.at(-1)?.label ?? null;
    },
    redo: () => {
      const state = get();
      const forward = state.readOnly ? null : stepForward(state.history, state.document);
      if (forward === null) return null;
      set(withDocument(state, forward.document, forward.history));
      return state.history.future[0]?.label ?? null;
    },
    select: (selection) => set({ selection: { nodeIds: [], edgeIds: [], ...selection } }),
    set: (change) => set(change),
  }));
}
