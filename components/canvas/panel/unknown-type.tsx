"use client";

import { JsonView } from "#components/ui/json-view.tsx";
import type { WorkflowNode } from "#lib/graph/document.ts";

/** A step of a type this version does not know: shown, kept, not changed. */
export function UnknownType({ node }: { node: WorkflowNode }) {
  return (
    <div className="flex flex-col gap-3 p-4">
      <p className="text-fg-muted">
        This version of Sluice has no step type <span className="font-mono">{node.type}</span>. Its settings are kept as they are; the
        workflow cannot be published with it.
      </p>
      <JsonView value={node.config} label="settings" tall />
    </div>
  );
}
