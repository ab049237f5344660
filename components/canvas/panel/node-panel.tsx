"use client";

import { Power, PowerOff, X } from "lucide-react";
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { IconButton } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { useStored } from "#components/ui/stored.ts";
import { Tabs } from "#components/ui/tabs.tsx";
import { useMedia } from "#components/ui/use-media.ts";
import type { WorkflowNode } from "#lib/graph/document.ts";
import { getDefinition } from "#lib/nodes/registry.definitions.ts";
import type { WorkflowView } from "#lib/shared/api-types.ts";
import { renameNode, setNode } from "../commands/edit-node.ts";
import { type FieldTarget, FieldTargetContext, type FieldTargetValue } from "../expression/field-target.ts";
import { type ManySamples, ManySamplesContext, SampleContext } from "../expression/sample-context.ts";
import type { SampleScope } from "../expression/sample-scope.ts";
import { NodeIcon } from "../node-icon.tsx";
import { PollCard } from "../poll/poll-card.tsx";
import type { RunHandle } from "../run/use-run.ts";
import { useEditor, useEditorStore, useNode } from "../use-editor.ts";
import type { PanelState } from "../use-panel.ts";
import { DataPane } from "./data-pane.tsx";
import { useLocalProblems } from "./node-editing.ts";
import { NotesTab } from "./notes-tab.tsx";
import { ReliabilityTab } from "./reliability-tab.tsx";
import { SettingsTab } from "./settings-tab.tsx";
import { TestTab } from "./test-tab.tsx";
import { UnknownType } from "./unknown-type.tsx";
import { useManySamples } from "./use-many-samples.ts";
import { useSampleData } from "./use-sample.ts";

interface NodePanelProps {
  panel: PanelState;
  workflow: WorkflowView;
  run: RunHandle;
}

/** The settings of one step, at the right. */
export function NodePanel({ panel, workflow, run }: NodePanelProps) {
  const node = useNode(panel.nodeId);
  // A panel of its own for each step: nothing typed for one may show up in another.
  return node === undefined ? null : <Opened key={node.id} node={node} panel={panel} workflow={workflow} run={run} />;
}

function Opened({ node, panel, workflow, run }: NodePanelProps & { node: WorkflowNode }) {
  const definition = getDefinition(node.type);
  const data = useSampleData(node.id, workflow, run);
  const { sample, choice } = data;
  const samples = useManySamples(data, node.type === "validate-transform");
  const [target, setTarget] = useState<FieldTarget | null>(null);
  const [dragging, setDragging] = useState(false);
  const [dataOpen, setDataOpen] = useDataOpen();
  const targets = useMemo(() => ({ target, setTarget }), [target]);
  const maps = definition !== undefined && node.type !== "manual" && (panel.tab === "settings" || panel.tab === "reliability");
  const problems = useLocalProblems(node.id);
  const count = (kind: RegExp) => problems.filter((problem) => kind.test(problem.path)).length || undefined;
  const body = useFieldFocus(panel);
  return (
    <PanelContexts sample={sample} samples={samples} targets={targets}>
      <section
        aria-label={`Step ${node.name}`}
        data-panel-of={node.id}
        data-path-drag={dragging ? "" : undefined}
        className="flex h-full min-h-0 flex-col"
      >
        <PanelHeader node={node} panel={panel} />
        <div ref={body} className="flex min-h-0 flex-1 flex-col">
          <Tabs
            label="Step"
            value={panel.tab}
            onValueChange={panel.setTab}
            className="min-h-0 flex-1"
            panelClassName="overflow-y-auto"
            items={[
              {
                value: "settings",
                label: "Settings",
                count: count(/^(?!policy)/),
                content:
                  definition === undefined ? (
                    <UnknownType node={node} />
                  ) : (
                    <SettingsTab node={node} definition={definition} above={aboveSettings(node, workflow, run)} />
                  ),
              },
              {
                value: "reliability",
                label: "Reliability",
                count: count(/^policy/),
                content:
                  definition === undefined ? null : (
                    <ReliabilityTab workflowId={workflow.id} node={node} definition={definition} field={panel.field} />
                  ),
              },
              { value: "test", label: "Test", content: <TestTab node={node} run={run} sample={sample} /> },
              { value: "notes", label: "Notes", content: <NotesTab node={node} /> },
            ]}
          />
        </div>
        {maps ? (
          <div className={cn("shrink-0 border-t", dataOpen && "h-[42%] min-h-52")}>
            <DataPane {...{ node, sample, choice, run, target }} open={dataOpen} onOpenChange={setDataOpen} onDragging={setDragging} />
          </div>
        ) : null}
      </section>
    </PanelContexts>
  );
}

/** What a type shows of how it fares. */
function aboveSettings(node: WorkflowNode, workflow: WorkflowView, run: RunHandle): ReactNode {
  return node.type === "poll" ? <PollCard workflow={workflow} nodeId={node.id} run={run} /> : null;
}

interface PanelContextsProps {
  sample: SampleScope;
  samples: ManySamples;
  targets: FieldTargetValue;
  children: ReactNode;
}

function PanelContexts({ sample, samples, targets, children }: PanelContextsProps) {
  return (
    <SampleContext value={sample}>
      <ManySamplesContext value={samples}>
        <FieldTargetContext value={targets}>{children}</FieldTargetContext>
      </ManySamplesContext>
    </SampleContext>
  );
}

/** Whether the data is unfolded; on a phone, where it would take the place of the settings, not unless asked for. */
function useDataOpen(): [boolean, (open: boolean) => void] {
  const roomy = useMedia("(min-width: 768px)");
  return useStored(roomy ? "sluice.data-pane" : "sluice.data-pane.phone", roomy, isBoolean);
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === "boolean";
}

function PanelHeader({ node, panel }: { node: WorkflowNode; panel: PanelState }) {
  const store = useEditorStore();
  const readOnly = useEditor((state) => state.readOnly);
  const toggle = () =>
    store
      .getState()
      .apply(node.disabled ? "Enable step" : "Disable step", (document) => setNode(document, node.id, { disabled: !node.disabled }));
  return (
    <header className="flex h-12 shrink-0 items-center gap-2.5 px-4">
      <span className="flex size-7 shrink-0 items-center justify-center rounded-md bg-muted text-fg-muted">
        <NodeIcon type={node.type} className="size-4" />
      </span>
      <div className="min-w-0 flex-1">
        <PanelName key={node.name} node={node} readOnly={readOnly} />
        <p className="truncate px-1 text-fg-subtle text-xs leading-3.5">
          {getDefinition(node.type)?.title ?? node.type} · <span className="font-mono">{node.id}</span>
        </p>
      </div>
      <IconButton
        label={node.disabled ? "Enable step" : "Disable step"}
        shortcut="d"
        icon={node.disabled ? <PowerOff aria-hidden className="text-retrying" /> : <Power aria-hidden />}
        disabledReason={readOnly ? "This workflow cannot be edited" : null}
        onClick={toggle}
      />
      <IconButton label="Close the panel" shortcut="Esc" icon={<X aria-hidden />} onClick={panel.close} />
    </header>
  );
}

function PanelName({ node, readOnly }: { node: WorkflowNode; readOnly: boolean }) {
  const store = useEditorStore();
  return (
    <input
      aria-label="Step name"
      defaultValue={node.name}
      readOnly={readOnly}
      maxLength={120}
      className="block h-5 w-full truncate rounded-sm bg-transparent px-1 font-semibold text-base hover:bg-hover focus:bg-muted focus:outline-none focus:ring-1 focus:ring-accent"
      onBlur={(event) => {
        const { value } = event.currentTarget;
        if (value.trim() === "") event.currentTarget.value = node.name;
        else store.getState().apply("Rename", (document) => renameNode(document, node.id, value));
      }}
      onKeyDown={(event) => {
        if (event.key === "Enter") event.currentTarget.blur();
        if (event.key === "Escape") event.currentTarget.value = node.name;
      }}
    />
  );
}

/** Brings the keyboard to the setting the problem list (or a link) names, once it is drawn. */
function useFieldFocus(panel: PanelState) {
  const body = useRef<HTMLDivElement>(null);
  const { field, tab } = panel;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the tab decides what is drawn, so a change of it looks again
  useEffect(() => {
    if (field === null) return;
    // The expression fields load a moment later than the rest.
    const timer = setTimeout(() => {
      const place = findField(body.current, field);
      place?.scrollIntoView({ block: "center" });
      // The button that takes a value back to its default stands before the field.
      const control = place?.querySelector<HTMLElement>("input, textarea, [contenteditable=true]") ?? place?.querySelector("button");
      control?.focus({ preventScroll: true });
    }, 120);
    return () => clearTimeout(timer);
  }, [field, tab]);
  return body;
}

/** The field of a path, or of the nearest part of the path that is drawn. */
function findField(root: HTMLElement | null, path: string): HTMLElement | null {
  const parts = path.split(".");
  for (let length = parts.length; length > 0; length--) {
    const found = root?.querySelector<HTMLElement>(`[data-field="${CSS.escape(parts.slice(0, length).join("."))}"]`);
    if (found) return found;
  }
  return null;
}
