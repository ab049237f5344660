"use client";

import { PanelLeftClose, PanelLeftOpen } from "lucide-react";
import { type ReactNode, Suspense, useCallback, useEffect, useState } from "react";
import { Group, Panel, Separator, useDefaultLayout } from "react-resizable-panels";
import { IconButton } from "#components/ui/button.tsx";
import { cn } from "#components/ui/cn.ts";
import { lazyDialog, lazyPart, OnceOpen, usePrefetch } from "#components/ui/lazy.tsx";
import { useShortcuts } from "#components/ui/shortcuts.ts";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Tabs } from "#components/ui/tabs.tsx";
import { useMedia } from "#components/ui/use-media.ts";
import type { WorkflowView } from "#lib/shared/api-types.ts";
import { ConnectList } from "./flow/connect-list.tsx";
import { FlowCanvas } from "./flow/flow-canvas.tsx";
import { focusStepSoon } from "./flow/focus-step.ts";
import { leavePlug, PlugBar } from "./flow/plug-bar.tsx";
import { redo, undo } from "./flow/use-canvas-keys.ts";
import { EditorHeader } from "./header/editor-header.tsx";
import { HistoryButtons } from "./header/history-buttons.tsx";
import { Notices } from "./header/notices.tsx";
import { VersionsMenu } from "./header/versions-menu.tsx";
import { WebhookButton } from "./header/webhook-button.tsx";
import { Outline } from "./outline/outline.tsx";
import { NodeSearch } from "./palette/node-search.tsx";
import { Palette } from "./palette/palette.tsx";
import { NodePanel } from "./panel/lazy-node-panel.ts";
import { RunBar } from "./run/run-bar.tsx";
import { RunContext } from "./run/run-context.ts";
import { type RunHandle, useRun } from "./run/use-run.ts";
import type { EditorStore } from "./store.ts";
import type { AutosaveHandle } from "./use-autosave.ts";
import { useEditor, useEditorStore } from "./use-editor.ts";
import { type PanelState, usePanel } from "./use-panel.ts";
import { useRestoreFromUrl } from "./use-restore.ts";

const RunDialog = lazyDialog(async () => (await import("./run/run-dialog.tsx")).RunDialog);
const LogPane = lazyPart(async () => (await import("./run/log-pane.tsx")).LogPane);

/** Header, palette or outline on the left, canvas, and the panel of a step on the right. */
export function EditorLayout({ workflow, saving }: { workflow: WorkflowView; saving: AutosaveHandle }) {
  const store = useEditorStore();
  const panel = usePanel();
  const run = useRun(workflow, saving.autosave);
  const phone = !useMedia("(min-width: 768px)");
  const plugLabel = useEditor(({ plug }) => plug?.label ?? null);
  const { autosave } = saving;
  useShortcuts("Editor", [
    { keys: "$mod+z", label: "Undo", run: () => undo(store) },
    { keys: "$mod+Shift+z", label: "Redo", run: () => redo(store) },
    { keys: "$mod+y", run: () => redo(store) },
    { keys: "$mod+s", label: "Save now", always: true, run: () => void autosave.flush() },
    { keys: "$mod+Enter", label: "Run", run: () => run.openDialog() },
    { keys: "$mod+Shift+Enter", label: "Run to this step", run: () => runToActive(store, run) },
    { keys: ".", label: "Stop the run", run: () => run.stop() },
  ]);
  useGonePanel(panel);
  usePrefetch(NodePanel);
  useRestoreFromUrl(workflow.id);
  // An open panel follows to the new step; a closed one stays closed.
  const onAdded = useCallback((nodeId: string) => (panel.nodeId === null ? undefined : panel.open(nodeId)), [panel]);
  const log = <Suspense>{run.view === undefined ? null : <LogPane key={run.view.id} view={run.view} panel={panel} />}</Suspense>;
  return (
    <RunContext value={run}>
      <div className="flex h-[calc(100dvh-2.75rem)] min-h-0 flex-col overflow-hidden md:h-dvh">
        <EditorHeader workflow={workflow} saving={saving} run={run} panel={panel} />
        <Notices workflow={workflow} saving={saving} />
        <div className="relative flex min-h-0 flex-1">
          <SideColumn workflow={workflow} panel={panel} phone={phone} onAdded={onAdded} />
          <Columns panel={panel} phone={phone} side={<NodePanel panel={panel} workflow={workflow} run={run} />}>
            <div className="flex size-full flex-col">
              <div className="relative min-h-0 flex-1">
                <FlowCanvas panel={panel} />
                <div
                  className={cn(
                    "pointer-events-none absolute inset-x-3 top-3 z-10 flex *:pointer-events-auto",
                    // Beside the panel that lies over the canvas.
                    panel.nodeId !== null && "max-xl:right-[calc(460px+0.75rem)]",
                  )}
                >
                  {plugLabel === null ? <RunBar workflow={workflow} run={run} /> : <PlugBar label={plugLabel} />}
                </div>
              </div>
              {log}
            </div>
          </Columns>
        </div>
        {phone ? (
          <>
            {log}
            <div className="flex border-t p-2 empty:hidden">
              <RunBar workflow={workflow} run={run} />
            </div>
          </>
        ) : null}
        <OnceOpen open={run.dialogOpen} part={RunDialog}>
          <RunDialog open={run.dialogOpen} workflow={workflow} run={run} panel={panel} />
        </OnceOpen>
        <NodeSearch onAdded={onAdded} />
        <ConnectList />
      </div>
    </RunContext>
  );
}

function runToActive(store: EditorStore, run: RunHandle): void {
  const { activeNodeId, selection } = store.getState();
  const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.step : undefined;
  const nodeId = focused ?? (selection.nodeIds.length === 1 ? selection.nodeIds[0] : activeNodeId);
  if (nodeId) run.startPart(nodeId, "to");
}

/** The panel of a step that was deleted (or undone away) closes. */
function useGonePanel(panel: PanelState): void {
  const gone = useEditor((state) => panel.nodeId !== null && !state.document.nodes.some((node) => node.id === panel.nodeId));
  const { close } = panel;
  useEffect(() => {
    if (gone) close();
  }, [gone, close]);
}

interface SideColumnProps {
  workflow: WorkflowView;
  panel: PanelState;
  phone: boolean;
  onAdded: (nodeId: string) => void;
}

function SideColumn({ workflow, panel, phone, onAdded }: SideColumnProps) {
  const [tab, setTab] = useState<"add" | "outline">("add");
  const [open, setOpen] = useState(true);
  const narrow = !useMedia("(min-width: 1180px)");
  if (phone) {
    return (
      <div className="flex min-h-0 w-full flex-col bg-bg">
        <Outline
          openNodeId={panel.nodeId}
          onOpen={panel.open}
          before={<HistoryButtons />}
          after={
            <>
              <VersionsMenu workflow={workflow} compact />
              <WebhookButton workflow={workflow} compact />
            </>
          }
        />
      </div>
    );
  }
  if (!open || narrow) {
    return (
      <div className="flex w-10 shrink-0 flex-col items-center border-r pt-1.5">
        <IconButton
          label="Show the step types"
          icon={<PanelLeftOpen aria-hidden />}
          disabledReason={narrow ? "The window is too narrow; press / or use the + of a step" : null}
          onClick={() => setOpen(true)}
        />
      </div>
    );
  }
  return (
    <div className="relative flex w-52 shrink-0 flex-col border-r bg-bg">
      <Tabs
        label="Left column"
        value={tab}
        onValueChange={setTab}
        className="flex-1"
        listClassName="px-3"
        panelClassName="flex min-h-0 flex-col"
        items={[
          { value: "add", label: "Add", content: <Palette onAdded={onAdded} /> },
          { value: "outline", label: "Outline", content: <Outline openNodeId={panel.nodeId} onOpen={panel.open} /> },
        ]}
      />
      <IconButton
        label="Hide this column"
        icon={<PanelLeftClose aria-hidden />}
        onClick={() => setOpen(false)}
        className="absolute top-1 right-1"
      />
    </div>
  );
}

interface ColumnsProps {
  panel: PanelState;
  phone: boolean;
  side: ReactNode;
  children: ReactNode;
}

const panelIds = { shut: ["canvas"], open: ["canvas", "panel"] };

/** Canvas and panel side by side on wide screens; below, the panel lies over the canvas. */
function Columns({ panel, phone, side, children }: ColumnsProps) {
  const wide = useMedia("(min-width: 1280px)");
  const store = useEditorStore();
  const isOpen = panel.nodeId !== null;
  const plugging = useEditor(({ plug }) => plug !== null);
  const layout = useDefaultLayout({
    id: "sluice.editor",
    panelIds: isOpen && wide ? panelIds.open : panelIds.shut,
    onlySaveAfterUserInteractions: true,
  });
  // Escape closes the panel from anywhere in it, unless a layer above it (a list, a menu) takes the key first.
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    if (leavePlug(store)) return event.preventDefault();
    const nodeId = panel.nodeId;
    panel.close();
    store.getState().set({ activeNodeId: nodeId });
    focusStepSoon(nodeId);
  };
  const framed = (
    // biome-ignore lint/a11y/noStaticElementInteractions: only forwards Escape
    <div data-step-panel="" className="flex h-full min-h-0 flex-col bg-bg" onKeyDown={onKeyDown}>
      <Suspense fallback={<SkeletonRows rows={5} label="Loading the settings" />}>{side}</Suspense>
    </div>
  );
  if (!wide) {
    return (
      <>
        {phone ? null : <div className="min-w-0 flex-1">{children}</div>}
        {isOpen ? (
          <div
            className={cn(
              "absolute inset-y-0 right-0 z-10 border-l shadow-float",
              phone ? "w-full" : "w-[min(460px,100%)]",
              // The steps to pick from may lie below it.
              plugging && "invisible",
            )}
          >
            {framed}
          </div>
        ) : null}
      </>
    );
  }
  return (
    <Group
      orientation="horizontal"
      className="min-w-0 flex-1"
      defaultLayout={layout.defaultLayout}
      onLayoutChanged={layout.onLayoutChanged}
    >
      <Panel id="canvas" minSize="360px">
        {children}
      </Panel>
      {isOpen ? (
        <>
          <Separator
            aria-label="Width of the settings panel"
            className="w-px bg-line outline-none transition-colors hover:bg-accent focus-visible:bg-accent data-[separator=active]:bg-accent"
          />
          <Panel id="panel" defaultSize="460px" minSize="380px" maxSize="760px" groupResizeBehavior="preserve-pixel-size">
            {framed}
          </Panel>
        </>
      ) : null}
    </Group>
  );
}
