"use client";

import { createContext, use } from "react";
import { useStore } from "zustand";
import type { WorkflowDocument, WorkflowNode } from "#lib/graph/document.ts";
import type { DocumentProblem } from "#lib/shared/api-types.ts";
import { nodeOf } from "./document-index.ts";
import { type NodeRun, sameSettings } from "./run-overlay.ts";
import type { EditorState, EditorStore } from "./store.ts";

export const EditorContext = createContext<EditorStore | null>(null);

/** The store of the editor around this component. */
export function useEditorStore(): EditorStore {
  const store = use(EditorContext);
  if (store === null) throw new Error("this component must be inside an editor");
  return store;
}

/** A part of the editor's state. Select as little as is shown: the component renders again when it changes. */
export function useEditor<T>(selector: (state: EditorState) => T): T {
  return useStore(useEditorStore(), selector);
}

export function useDocument(): WorkflowDocument {
  return useEditor((state) => state.document);
}

export function useNode(nodeId: string | null): WorkflowNode | undefined {
  return useEditor((state) => (nodeId === null ? undefined : nodeOf(state.document, nodeId)));
}

export function useNodeRun(nodeId: string): NodeRun | undefined {
  return useEditor((state) => state.overlay?.nodes.get(nodeId));
}

const grouped = new WeakMap<DocumentProblem[], Map<string | null, DocumentProblem[]>>();
const none: DocumentProblem[] = [];

/** The problems of one node, errors first. */
export function problemsOf(problems: DocumentProblem[], nodeId: string): DocumentProblem[] {
  let groups = grouped.get(problems);
  if (groups === undefined) {
    groups = Map.groupBy(problems, (problem) => problem.nodeId);
    grouped.set(problems, groups);
  }
  return groups.get(nodeId) ?? none;
}

export function useProblems(nodeId: string): DocumentProblem[] {
  return useEditor((state) => problemsOf(state.problems, nodeId));
}

/** Whether a node differs from the published version: "new", "changed", or null when it does not or nothing is published. */
export function useChange(nodeId: string): "new" | "changed" | null {
  return useEditor((state) => changeOf(state, nodeId));
}

function changeOf({ document, liveDocument }: EditorState, nodeId: string): "new" | "changed" | null {
  if (liveDocument === null) return null;
  const node = nodeOf(document, nodeId);
  const live = nodeOf(liveDocument, nodeId);
  if (node === undefined) return null;
  if (live === undefined) return "new";
  return sameSettings(live, node) ? null : "changed";
}
