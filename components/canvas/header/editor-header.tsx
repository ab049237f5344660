"use client";

import { ChevronLeft, GitBranch } from "lucide-react";
import { useState } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { plural } from "#components/ui/format.ts";
import { lazyDialog, OnceOpen } from "#components/ui/lazy.tsx";
import { useShortcuts } from "#components/ui/shortcuts.ts";
import type { WorkflowView } from "#lib/shared/api-types.ts";
import { RunButton } from "../run/run-button.tsx";
import type { RunHandle } from "../run/use-run.ts";
import type { AutosaveHandle } from "../use-autosave.ts";
import { useEditor } from "../use-editor.ts";
import type { PanelState } from "../use-panel.ts";
import { changedCount } from "./changed-count.ts";
import { HistoryButtons } from "./history-buttons.tsx";
import { ProblemsButton } from "./problems-button.tsx";
import { SaveStatus } from "./save-status.tsx";
import { VersionsMenu } from "./versions-menu.tsx";
import { WebhookButton } from "./webhook-button.tsx";
import { WorkflowName } from "./workflow-name.tsx";
import { WorkflowSettings } from "./workflow-settings.tsx";

const PublishDialog = lazyDialog(async () => (await import("../publish/publish-dialog.tsx")).PublishDialog);

interface EditorHeaderProps {
  workflow: WorkflowView;
  saving: AutosaveHandle;
  run: RunHandle;
  panel: PanelState;
}

/** Name, state and save status on the left; problems, undo, versions, Run and Publish on the right. */
export function EditorHeader({ workflow, saving, run, panel }: EditorHeaderProps) {
  const readOnly = useEditor((state) => state.readOnly);
  const [publishing, setPublishing] = useState(false);
  useShortcuts("Editor", readOnly ? [] : [{ keys: "p", label: "Publish", run: () => setPublishing(true) }]);
  return (
    <header className="flex h-12 shrink-0 items-center gap-2 border-b bg-bg px-2">
      <ButtonLink href="/workflows" variant="ghost" size="icon-sm" aria-label="All workflows" icon={<ChevronLeft aria-hidden />} />
      <div className="flex min-w-0 flex-1 items-center gap-2.5 max-sm:flex-col max-sm:items-start max-sm:gap-0">
        <WorkflowName workflow={workflow} />
        <div className="flex min-w-0 max-w-full items-center gap-2.5 overflow-hidden max-sm:gap-1.5 max-sm:pl-1">
          <StateBadge workflow={workflow} />
          <SaveStatus state={saving.state} updatedAt={workflow.draft.updatedAt} terse={workflow.rollout !== null} />
        </div>
      </div>
      <ProblemsButton panel={panel} />
      <div className="hidden items-center md:flex">
        <HistoryButtons />
      </div>
      <span aria-hidden className="hidden h-5 w-px bg-line md:block" />
      <WorkflowSettings />
      <VersionsMenu workflow={workflow} />
      <WebhookButton workflow={workflow} />
      <RunButton run={run} />
      <Button
        variant="primary"
        disabledReason={readOnly ? "You may look at this workflow, not change it" : null}
        onClick={() => setPublishing(true)}
      >
        Publish
      </Button>
      <OnceOpen open={publishing} part={PublishDialog}>
        <PublishDialog open={publishing} onOpenChange={setPublishing} workflow={workflow} saving={saving} panel={panel} />
      </OnceOpen>
    </header>
  );
}

const stateBadges = {
  draft: { tone: "neutral", label: "Draft" },
  live: { tone: "green", label: "Live" },
  paused: { tone: "amber", label: "Paused" },
  archived: { tone: "neutral", label: "Archived" },
} as const;

function StateBadge({ workflow }: { workflow: WorkflowView }) {
  const { tone, label } = stateBadges[workflow.state];
  const changes = useEditor((state) => changedCount(state.document, state.liveDocument));
  return (
    <span className="flex min-w-0 items-center gap-2 max-sm:gap-1.5">
      <Badge tone={tone} className="shrink-0 max-sm:h-4 max-sm:px-1 max-sm:text-xs">
        {label}
        {workflow.liveVersion === null ? null : <span className="tabular-nums">v{workflow.liveVersion}</span>}
      </Badge>
      {workflow.rollout === null ? null : (
        <Badge tone="fuchsia" className="shrink-0 max-sm:hidden">
          <GitBranch aria-hidden />
          <span className="tabular-nums">
            v{workflow.rollout.version} {workflow.rollout.paused ? "paused" : `${workflow.rollout.percent} %`}
          </span>
        </Badge>
      )}
      {changes === 0 ? null : (
        <span className="flex min-w-0 items-center gap-1.5 whitespace-nowrap max-xl:shrink-0 text-fg-muted text-sm max-sm:gap-1 max-sm:text-xs">
          <span aria-hidden className="size-1.5 shrink-0 rounded-full bg-accent" />
          <span className="xl:hidden">{plural(changes, "change")}</span>
          <span className="truncate max-xl:hidden">{plural(changes, "unpublished change")}</span>
        </span>
      )}
    </span>
  );
}
