"use client";

import { useCallback, useMemo } from "react";
import type { WorkflowNode } from "#lib/graph/document.ts";
import type { DocumentProblem } from "#lib/shared/api-types.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import { setSetting } from "../commands/edit-node.ts";
import type { Path } from "../form/paths.ts";
import { useEditorStore, useProblems } from "../use-editor.ts";

/** Writes settings of a node; the keystrokes of one field become one entry of undo. */
export function useSetSetting(node: WorkflowNode): (path: Path, value: JsonValue | undefined) => void {
  const store = useEditorStore();
  const { id, name } = node;
  return useCallback(
    (path, value) => {
      const burstKey = `${id} ${path.join(".")}`;
      store.getState().apply(`Edit ${name}`, (document) => setSetting(document, id, path, value), { burstKey });
    },
    [store, id, name],
  );
}

/** A node's problems with paths below the node: `nodes.3.config.url` → `config.url`. */
export function useLocalProblems(nodeId: string): Pick<DocumentProblem, "path" | "message" | "severity">[] {
  const problems = useProblems(nodeId);
  return useMemo(() => problems.map((problem) => ({ ...problem, path: localPath(problem.path) })), [problems]);
}

export function localPath(path: string): string {
  return path.replace(/^nodes\.\d+\.?/, "");
}
