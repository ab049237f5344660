import type { ApprovalStatus } from "./statuses.ts";

/** What people are asked to decide. Its id is that of the step that waits for it. */
export interface ApprovalView {
  id: string;
  status: ApprovalStatus;
  message: string;
  /** E-mail addresses and roles; empty: anybody who may decide. */
  assignees: string[];
  /** Whether the one who asks may decide it. */
  mayDecide: boolean;
  workflowId: string;
  workflowName: string;
  runId: string;
  nodeId: string;
  iteration: string;
  requestedAt: string;
  expiresAt: string;
  /** The one that was stored: the first. */
  decision: { decision: "approved" | "rejected"; by: string; at: string; comment: string } | null;
}

export interface ApprovalCounts {
  pending: number;
  /** Of them, those the one who asks may decide. */
  mine: number;
}
