"use client";

import { useQuery } from "@tanstack/react-query";
import { GitBranch, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { lazyDialog, OnceOpen } from "#components/ui/lazy.tsx";
import type { RolloutSummary } from "#lib/shared/api-rollouts.ts";
import type { WorkflowView } from "#lib/shared/api-types.ts";
import { Notice } from "../header/notice.tsx";
import { workflowQuery } from "../queries.ts";

const RolloutDialog = lazyDialog(async () => (await import("./rollout-dialog.tsx")).RolloutDialog);

/** On pages of a workflow that do not have it at hand. */
export function RolloutBanner({ workflowId }: { workflowId: string }) {
  const workflow = useQuery(workflowQuery(workflowId));
  return workflow.data ? <RolloutNotice workflow={workflow.data} /> : null;
}

/** That a version is under trial, and whether the trial is paused: whoever is at the workflow should know. */
export function RolloutNotice({ workflow }: { workflow: WorkflowView }) {
  const [open, setOpen] = useState(false);
  const { rollout } = workflow;
  return (
    <>
      {rollout === null ? null : (
        <Notice
          icon={
            rollout.paused ? <TriangleAlert aria-hidden className="text-retrying" /> : <GitBranch aria-hidden className="text-canary" />
          }
          actions={
            <Button size="sm" onClick={() => setOpen(true)}>
              Compare and decide
            </Button>
          }
        >
          {rollout.paused
            ? `The trial of version ${rollout.version} is paused${why(rollout)}. Version ${workflow.liveVersion} takes all new events.`
            : `Version ${rollout.version} takes ${rollout.percent} % of new events, version ${workflow.liveVersion} the rest.`}
        </Notice>
      )}
      <OnceOpen open={open && rollout !== null} part={RolloutDialog}>
        <RolloutDialog open={open && rollout !== null} onOpenChange={setOpen} workflow={workflow} />
      </OnceOpen>
    </>
  );
}

function why({ reason }: RolloutSummary): string {
  return reason === null ? "" : `: ${reason}`;
}
