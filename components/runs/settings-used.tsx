"use client";

import { JsonView } from "#components/ui/json-view.tsx";
import { documentSchema } from "#lib/graph/document.ts";
import type { RunView, StepView } from "#lib/shared/api-types.ts";
import { maskHeaders } from "./mask-settings.ts";

/** The step's settings in the version that ran, which may be others than those of today. */
export function SettingsUsed({ run, step }: { run: RunView; step: StepView }) {
  const document = documentSchema.safeParse(run.document);
  const node = document.success ? document.data.nodes.find((each) => each.id === step.nodeId) : undefined;
  if (!document.success || !node) return <p className="text-fg-muted">The version that ran cannot be read by this release.</p>;
  return (
    <div className="flex flex-col gap-4">
      <p className="text-fg-muted">
        As in {run.version === null ? "the draft that ran" : `version ${run.version}`}. What a repeat of the call would do:{" "}
        <span className="font-medium text-fg">{step.effect}</span>.
      </p>
      <Part title="Step" value={maskHeaders(node.config)} label={`${node.id}-config`} />
      <Part title="Reliability" value={JSON.parse(JSON.stringify(node.policy))} label={`${node.id}-policy`} />
    </div>
  );
}

function Part({ title, value, label }: { title: string; value: Parameters<typeof JsonView>[0]["value"]; label: string }) {
  const isEmpty = typeof value === "object" && value !== null && Object.keys(value).length === 0;
  return (
    <section className="flex flex-col gap-1.5">
      <h3 className="font-medium">{title}</h3>
      {isEmpty ? (
        <p className="text-fg-muted">Nothing was set: the usual settings held.</p>
      ) : (
        <JsonView value={value} label={label} expand={4} tall />
      )}
    </section>
  );
}
