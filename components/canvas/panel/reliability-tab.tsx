"use client";

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { WorkflowNode } from "#lib/graph/document.ts";
import type { NodeDefinition } from "#lib/nodes/define.ts";
import { resolvePolicy } from "#lib/policies/defaults.ts";
import type { NodeFigures } from "#lib/shared/api-nodes.ts";
import type { JsonObject } from "#lib/shared/json.ts";
import { FormProvider } from "../form/schema-form.tsx";
import { effectOf } from "../policy-summary.ts";
import { nodeFiguresQuery } from "../queries.ts";
import { useEditor } from "../use-editor.ts";
import { cardCounts, figuresSentence } from "./card-counts.ts";
import { useLocalProblems, useSetSetting } from "./node-editing.ts";
import { PolicyCard } from "./policy-card.tsx";
import { reliabilityCards } from "./reliability-cards.tsx";
import { TabProblems } from "./tab-problems.tsx";

interface ReliabilityTabProps {
  workflowId: string;
  node: WorkflowNode;
  definition: NodeDefinition;
  /** Dotted path of the setting to show at once. */
  field: string | null;
}

/** The reliability settings of a step, in the order in which a run passes them, with what they did in the last 24 hours. */
export function ReliabilityTab({ workflowId, node, definition, field }: ReliabilityTabProps) {
  const set = useSetSetting(node);
  const problems = useLocalProblems(node.id);
  const connections = useEditor((state) => state.connections);
  const readOnly = useEditor((state) => state.readOnly);
  const effect = effectOf(definition, node);
  const resolved = useMemo(
    () => resolvePolicy({ policy: node.policy, defaults: definition.policyDefaults, effect }),
    [node.policy, definition, effect],
  );
  const defaults = useMemo(() => resolvePolicy({ policy: {}, defaults: definition.policyDefaults, effect }), [definition, effect]);
  const policy = useMemo((): JsonObject => JSON.parse(JSON.stringify(node.policy)), [node.policy]);
  const hasCards = definition.policySections.length > 0;
  const figures = useQuery({ ...nodeFiguresQuery(workflowId, node.id), enabled: hasCards });
  if (!hasCards) {
    return (
      <p className="p-4 text-fg-muted">
        {definition.category === "trigger"
          ? "A trigger only receives; reliability is set on the steps that follow."
          : "This step calls nothing that could fail, so there is nothing to set."}
      </p>
    );
  }
  const counts = figures.data === undefined ? undefined : cardCounts(figures.data, workflowId);
  // A validation has no card for its checks, since it is one: what it refuses is told where it says what becomes of that.
  const refused = definition.policySections.includes("validate") ? [] : (counts?.validate ?? []);
  const connection = connections.find(({ id }) => id === node.connectionId);
  const cards = reliabilityCards({ workflowId, node, policy, resolved, defaults, connection }).filter(({ section }) =>
    section === "undo" ? effect !== "none" : definition.policySections.includes(section),
  );
  return (
    <FormProvider onSet={set} problems={problems} connections={connections} readOnly={readOnly}>
      <FiguresLine figures={figures.data} error={figures.error} />
      <div className="px-4 pt-3 empty:hidden">
        <TabProblems nodeId={node.id} tab="reliability" />
      </div>
      <ol className="p-4 pt-3">
        {cards.map(({ section, icon, title, summary, keys, counted, body }) => (
          <PolicyCard
            key={section}
            icon={icon}
            title={title}
            summary={summary}
            counts={counted && counts && [...(counted === "onFailure" ? refused : []), ...counts[counted]]}
            own={keys.some((key) => key in policy)}
            faulty={problems.some(({ severity, path }) => severity === "error" && keys.some((key) => isBelow(path, `policy.${key}`)))}
            startOpen={keys.some((key) => field !== null && isBelow(field, `policy.${key}`))}
          >
            {body}
          </PolicyCard>
        ))}
      </ol>
    </FormProvider>
  );
}

function FiguresLine({ figures, error }: { figures: NodeFigures | undefined; error: Error | null }) {
  const missing = error === null ? "Counting the last 24 hours…" : "The figures of the last 24 hours could not be read.";
  return <p className="px-4 pt-3.5 text-fg-muted text-sm tabular-nums">{figures === undefined ? missing : figuresSentence(figures)}</p>;
}

function isBelow(path: string, parent: string): boolean {
  return path === parent || path.startsWith(`${parent}.`);
}
