import { CirclePause, CirclePlay, FileArchive, PencilLine } from "lucide-react";
import type { StatusLook } from "#components/ui/status.ts";
import type { WorkflowState } from "#lib/shared/api-types.ts";

export const workflowLooks: Record<WorkflowState, StatusLook> = {
  draft: { label: "Draft", meaning: "Never published; triggers do not start it", icon: PencilLine, tone: "queued" },
  live: { label: "Live", meaning: "Its triggers start runs", icon: CirclePlay, tone: "succeeded" },
  paused: { label: "Paused", meaning: "Its triggers start nothing until somebody resumes it", icon: CirclePause, tone: "retrying" },
  archived: { label: "Archived", meaning: "Put away; its runs are kept", icon: FileArchive, tone: "canceled" },
};
