import { Ban, CircleCheck, CircleX, Hourglass, TimerOff } from "lucide-react";
import type { StatusLook } from "#components/ui/status.ts";
import type { ApprovalStatus } from "#lib/shared/statuses.ts";

export const approvalLooks: Record<ApprovalStatus, StatusLook> = {
  pending: { label: "Waiting", meaning: "Nobody has decided yet", icon: Hourglass, tone: "waiting" },
  approved: { label: "Approved", meaning: "Somebody approved it, and the run went on", icon: CircleCheck, tone: "succeeded" },
  rejected: { label: "Rejected", meaning: "Somebody rejected it, and the run went on", icon: CircleX, tone: "failed" },
  expired: { label: "Expired", meaning: "Nobody decided in time", icon: TimerOff, tone: "canceled" },
  canceled: { label: "Canceled", meaning: "The run ended before anybody decided", icon: Ban, tone: "canceled" },
};
