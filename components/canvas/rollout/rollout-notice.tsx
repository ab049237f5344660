"use client";

import { useQuery } from "@tanstack/react-query";
import { GitBranch, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Time } from "#components/ui/time.tsx";
import type { RolloutView } from "#lib/shared/api-rollouts.ts";
import type { WorkflowView } from "#lib/shared/api-types.ts";
import { Notice } from "../header/notice.tsx";
import { rolloutsQuery } from "../queries.ts";
import { RolloutDialog } from "./rollout-dialog.tsx";

const recentMs = 3 * 86_400_000;

/** That a version is under trial, or that one was taken back lately: whoever opens the editor should know. */
export function RolloutNotice({ workflow }: { workflow: WorkflowView }) {
  const [open, setOpen] = useState(false);
  const rollouts = useQuery({ ...rolloutsQuery(workflow.id), enabled: workflow.liveVersion !== null });
  const latest = rollouts.data?.items[0];
  const { rollout } = workflow;
  return (
    <>
      {rollout === null ? (
        <TakenBack rollout={latest} />
      ) : (
        <Notice
          icon={<GitBranch aria-hidden className="text-canary" />}
          actions={
            <Button size="sm" onClick={() => setOpen(true)}>
              Compare and decide
            </Button>
          }
        >
          {rollout.paused
            ? `The trial of version ${rollout.version} is paused: version ${workflow.liveVersion} takes all events.`
            : `Version ${rollout.version} takes ${rollout.percent} % of new events, version ${workflow.liveVersion} the rest.`}
        </Notice>
      )}
      <RolloutDialog open={open && rollout !== null} onOpenChange={setOpen} workflow={workflow} />
    </>
  );
}

function TakenBack({ rollout }: { rollout: RolloutView | undefined }) {
  if (rollout?.state !== "rolled_back" || rollout.endedAt === null || Date.now() - Date.parse(rollout.endedAt) > recentMs) return null;
  return (
    <Notice icon={<TriangleAlert aria-hidden className="text-failed" />}>
      Version {rollout.version} was taken back <Time at={rollout.endedAt} />: {rollout.reason}.
    </Notice>
  );
}
