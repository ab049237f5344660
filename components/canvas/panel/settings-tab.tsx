"use client";

import { type ReactNode, useMemo } from "react";
import type { WorkflowNode } from "#lib/graph/document.ts";
import type { NodeDefinition } from "#lib/nodes/define.ts";
import type { JsonObject } from "#lib/shared/json.ts";
import { formOf } from "../form/form-model.ts";
import { SchemaForm } from "../form/schema-form.tsx";
import { useEditor } from "../use-editor.ts";
import { useLocalProblems, useSetSetting } from "./node-editing.ts";
import { policyField } from "./policy-fields.ts";
import { TabProblems } from "./tab-problems.tsx";

const connectionField = policyField({
  key: "connectionId",
  label: "Connection",
  widget: "connection",
  help: "Brings the base URL, the credential and the limits of the remote system. Optional.",
});

/** The settings of a step, drawn from its type's schema. */
export function SettingsTab({ node, definition, above = null }: { node: WorkflowNode; definition: NodeDefinition; above?: ReactNode }) {
  const set = useSetSetting(node);
  const problems = useLocalProblems(node.id);
  const connections = useEditor((state) => state.connections);
  const readOnly = useEditor((state) => state.readOnly);
  const common = { onSet: set, problems, connections, readOnly };
  const outside = definition.policySections.includes("timeout") || definition.usesConnection === true;
  const connection = useMemo(
    (): JsonObject => (node.connectionId === null ? {} : { connectionId: node.connectionId }),
    [node.connectionId],
  );
  return (
    <div className="flex flex-col gap-4 p-4">
      <TabProblems nodeId={node.id} tab="settings" />
      {above}
      {outside ? <SchemaForm {...common} fields={[connectionField]} base={[]} value={connection} /> : null}
      <SchemaForm {...common} fields={formOf(definition)} base={["config"]} value={node.config} />
      {formOf(definition).length === 0 ? <p className="text-fg-muted">This step has no settings.</p> : null}
    </div>
  );
}
