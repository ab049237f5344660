import type { Role } from "#lib/services/permissions.ts";
import { newId } from "#lib/shared/ids.ts";

/** What a row needs of the workspace it is tried in. */
export interface Fixture {
  workflowId: string;
  runId: string;
  stepId: string;
  eventId: string;
  issueId: string;
  otherIssueId: string;
  deadLetterId: string;
  unknownDeadLetterId: string;
  discardedDeadLetterId: string;
  redriveId: string;
  runBatchId: string;
  savedViewId: string;
  alertRuleId: string;
  alertChannelId: string;
  approvalId: string;
  connectionId: string;
  tokenId: string;
  memberId: string;
  sandboxName: string;
  document: unknown;
}

export interface MatrixRow {
  roles: readonly Role[];
  /** A request that succeeds for an owner. */
  path: (f: Fixture) => string;
  body?: (f: Fixture) => unknown;
  /** What the owner of another workspace gets: `404`, or a list without anything of ours; `own` where the path names nothing. */
  foreign: "404" | "list" | "own";
}

const everyone = ["owner", "builder", "operator", "viewer"] as const;
const operators = ["owner", "builder", "operator"] as const;
const builders = ["owner", "builder"] as const;
const owners = ["owner"] as const;

/**
 * Who may call what, written by hand and apart from the code that decides it. A route without a row here fails the test: whoever
 * adds one says here who it is for.
 */
export const matrix: Record<string, MatrixRow> = {
  "GET /templates": { roles: everyone, path: () => "/templates", foreign: "own" },
  "GET /workflows": { roles: everyone, path: () => "/workflows", foreign: "list" },
  "POST /workflows": { roles: builders, path: () => "/workflows", body: () => ({ name: "New" }), foreign: "own" },
  "GET /workflows/{id}": { roles: everyone, path: (f) => `/workflows/${f.workflowId}`, foreign: "404" },
  "PATCH /workflows/{id}": { roles: builders, path: (f) => `/workflows/${f.workflowId}`, body: () => ({ name: "Other" }), foreign: "404" },
  "PUT /workflows/{id}/draft": {
    roles: builders,
    path: (f) => `/workflows/${f.workflowId}/draft`,
    body: (f) => ({ document: f.document, revision: 1 }),
    foreign: "404",
  },
  "POST /workflows/{id}/validate": {
    roles: everyone,
    path: (f) => `/workflows/${f.workflowId}/validate`,
    body: (f) => ({ document: f.document }),
    foreign: "404",
  },
  "POST /workflows/{id}/publish": {
    roles: builders,
    path: (f) => `/workflows/${f.workflowId}/publish`,
    body: () => ({ note: "x" }),
    foreign: "404",
  },
  "GET /workflows/{id}/versions": { roles: everyone, path: (f) => `/workflows/${f.workflowId}/versions`, foreign: "404" },
  "GET /workflows/{id}/versions/{version}": { roles: everyone, path: (f) => `/workflows/${f.workflowId}/versions/1`, foreign: "404" },
  "POST /workflows/{id}/rollback": {
    roles: operators,
    path: (f) => `/workflows/${f.workflowId}/rollback`,
    body: () => ({ version: 1 }),
    foreign: "404",
  },
  "GET /workflows/{id}/rollouts": { roles: everyone, path: (f) => `/workflows/${f.workflowId}/rollouts`, foreign: "404" },
  "POST /workflows/{id}/rollout": {
    roles: operators,
    path: (f) => `/workflows/${f.workflowId}/rollout`,
    body: () => ({ version: 1, percent: 100 }),
    foreign: "404",
  },
  "GET /workflows/{id}/nodes/{nodeId}/figures": {
    roles: everyone,
    path: (f) => `/workflows/${f.workflowId}/nodes/call/figures`,
    foreign: "404",
  },
  "POST /workflows/{id}/nodes/{nodeId}/duplicate": {
    roles: everyone,
    path: (f) => `/workflows/${f.workflowId}/nodes/call/duplicate`,
    body: () => ({ key: "order-7" }),
    foreign: "404",
  },
  "POST /workflows/{id}/nodes/{nodeId}/poll-sample": {
    roles: builders,
    path: (f) => `/workflows/${f.workflowId}/nodes/call/poll-sample`,
    foreign: "404",
  },
  "POST /workflows/{id}/nodes/{nodeId}/poll-reset": {
    roles: operators,
    path: (f) => `/workflows/${f.workflowId}/nodes/call/poll-reset`,
    body: () => ({ from: "now" }),
    foreign: "404",
  },
  "POST /workflows/{id}/pause": {
    roles: operators,
    path: (f) => `/workflows/${f.workflowId}/pause`,
    body: () => ({ reason: "x" }),
    foreign: "404",
  },
  "POST /workflows/{id}/resume": { roles: operators, path: (f) => `/workflows/${f.workflowId}/resume`, foreign: "404" },
  "POST /workflows/{id}/archive": { roles: builders, path: (f) => `/workflows/${f.workflowId}/archive`, foreign: "404" },
  "POST /workflows/{id}/runs": {
    roles: operators,
    path: (f) => `/workflows/${f.workflowId}/runs`,
    body: () => ({ input: { a: 1 } }),
    foreign: "404",
  },
  "GET /runs": { roles: everyone, path: () => "/runs", foreign: "list" },
  "GET /runs/chart": { roles: everyone, path: () => "/runs/chart", foreign: "own" },
  "GET /runs/export": { roles: everyone, path: () => "/runs/export?format=jsonl", foreign: "list" },
  "GET /runs/{id}": { roles: everyone, path: (f) => `/runs/${f.runId}`, foreign: "404" },
  "GET /runs/{id}/steps": { roles: everyone, path: (f) => `/runs/${f.runId}/steps`, foreign: "404" },
  "GET /runs/{id}/steps/{stepId}": { roles: everyone, path: (f) => `/runs/${f.runId}/steps/${f.stepId}`, foreign: "404" },
  "PUT /runs/{id}/steps/{stepId}/loop": {
    roles: operators,
    path: (f) => `/runs/${f.runId}/steps/${f.stepId}/loop`,
    body: () => ({ concurrency: 3 }),
    foreign: "404",
  },
  "GET /runs/attributes": { roles: everyone, path: () => "/runs/attributes", foreign: "list" },
  "POST /runs/{id}/cancel": { roles: operators, path: (f) => `/runs/${f.runId}/cancel`, foreign: "404" },
  "POST /runs/{id}/move": { roles: operators, path: (f) => `/runs/${f.runId}/move`, body: () => ({ dryRun: true }), foreign: "404" },
  "POST /runs/{id}/replay": { roles: operators, path: (f) => `/runs/${f.runId}/replay`, body: () => ({}), foreign: "404" },
  "POST /runs/{id}/replay/plan": { roles: everyone, path: (f) => `/runs/${f.runId}/replay/plan`, body: () => ({}), foreign: "404" },
  "GET /events": { roles: everyone, path: (f) => `/events?workflowId=${f.workflowId}`, foreign: "list" },
  "GET /events/{id}": { roles: everyone, path: (f) => `/events/${f.eventId}`, foreign: "404" },
  "GET /issues": { roles: everyone, path: () => "/issues", foreign: "list" },
  "GET /issues/counts": { roles: everyone, path: () => "/issues/counts", foreign: "own" },
  "GET /issues/storage": { roles: everyone, path: () => "/issues/storage", foreign: "own" },
  "GET /issues/{id}": { roles: everyone, path: (f) => `/issues/${f.issueId}`, foreign: "404" },
  "GET /issues/{id}/post-mortem": { roles: everyone, path: (f) => `/issues/${f.issueId}/post-mortem`, foreign: "404" },
  "PATCH /issues/{id}": { roles: operators, path: (f) => `/issues/${f.issueId}`, body: () => ({ note: "x" }), foreign: "404" },
  "PATCH /issues": { roles: operators, path: () => "/issues", body: (f) => ({ ids: [f.issueId], note: "x" }), foreign: "404" },
  "POST /issues/{id}/presence": {
    roles: everyone,
    path: (f) => `/issues/${f.issueId}/presence`,
    body: () => ({ doing: "looking" }),
    foreign: "404",
  },
  "POST /issues/{id}/undo": { roles: operators, path: (f) => `/issues/${f.issueId}/undo`, foreign: "404" },
  "POST /issues/{id}/merge": {
    roles: operators,
    path: (f) => `/issues/${f.issueId}/merge`,
    body: (f) => ({ into: f.otherIssueId }),
    foreign: "404",
  },
  "POST /issues/{id}/split": {
    roles: operators,
    path: (f) => `/issues/${f.issueId}/split`,
    body: (f) => ({ deadLetterId: f.deadLetterId }),
    foreign: "404",
  },
  "GET /dead-letters": { roles: everyone, path: () => "/dead-letters", foreign: "list" },
  "GET /dead-letters/{id}": { roles: everyone, path: (f) => `/dead-letters/${f.deadLetterId}`, foreign: "404" },
  "POST /dead-letters/{id}/redrive": { roles: operators, path: (f) => `/dead-letters/${f.deadLetterId}/redrive`, foreign: "404" },
  "POST /dead-letters/{id}/redrive/plan": {
    roles: everyone,
    path: (f) => `/dead-letters/${f.deadLetterId}/redrive/plan`,
    body: () => ({}),
    foreign: "404",
  },
  "POST /dead-letters/{id}/dry-run": {
    roles: operators,
    path: (f) => `/dead-letters/${f.deadLetterId}/dry-run`,
    body: () => ({ input: { method: "GET", url: "https://api.example.com/x" } }),
    foreign: "404",
  },
  "POST /dead-letters/{id}/discard": {
    roles: operators,
    path: (f) => `/dead-letters/${f.deadLetterId}/discard`,
    body: () => ({ reason: "x" }),
    foreign: "404",
  },
  "POST /dead-letters/{id}/reopen": { roles: operators, path: (f) => `/dead-letters/${f.discardedDeadLetterId}/reopen`, foreign: "404" },
  "POST /dead-letters/{id}/decide": {
    roles: operators,
    path: (f) => `/dead-letters/${f.unknownDeadLetterId}/decide`,
    body: () => ({ as: "failed" }),
    foreign: "404",
  },
  "POST /redrives/plan": { roles: everyone, path: () => "/redrives/plan", body: () => ({ filter: {} }), foreign: "list" },
  "POST /redrives": {
    roles: operators,
    path: () => "/redrives",
    body: (f) => ({ filter: { workflowId: f.workflowId }, ratePerSecond: 1 }),
    foreign: "own",
  },
  "GET /redrives": { roles: everyone, path: () => "/redrives", foreign: "list" },
  "GET /redrives/{id}": { roles: everyone, path: (f) => `/redrives/${f.redriveId}`, foreign: "404" },
  "POST /redrives/{id}/pause": { roles: operators, path: (f) => `/redrives/${f.redriveId}/pause`, foreign: "404" },
  "POST /redrives/{id}/resume": { roles: operators, path: (f) => `/redrives/${f.redriveId}/resume`, foreign: "404" },
  "POST /redrives/{id}/cancel": { roles: operators, path: (f) => `/redrives/${f.redriveId}/cancel`, foreign: "404" },
  "POST /run-batches/plan": {
    roles: everyone,
    path: () => "/run-batches/plan",
    body: () => ({ action: "replay", selection: { filter: {} } }),
    foreign: "list",
  },
  "POST /run-batches": {
    roles: operators,
    path: () => "/run-batches",
    body: (f) => ({ action: "replay", selection: { filter: { workflowId: f.workflowId } } }),
    foreign: "own",
  },
  "GET /run-batches": { roles: everyone, path: () => "/run-batches", foreign: "list" },
  "GET /run-batches/{id}": { roles: everyone, path: (f) => `/run-batches/${f.runBatchId}`, foreign: "404" },
  "POST /run-batches/{id}/pause": { roles: operators, path: (f) => `/run-batches/${f.runBatchId}/pause`, foreign: "404" },
  "POST /run-batches/{id}/resume": { roles: operators, path: (f) => `/run-batches/${f.runBatchId}/resume`, foreign: "404" },
  "POST /run-batches/{id}/cancel": { roles: operators, path: (f) => `/run-batches/${f.runBatchId}/cancel`, foreign: "404" },
  "GET /saved-views": { roles: everyone, path: () => "/saved-views?screen=runs", foreign: "list" },
  "POST /saved-views": {
    roles: everyone,
    path: () => "/saved-views",
    body: () => ({ screen: "runs", name: "Failed", search: "status=failed" }),
    foreign: "own",
  },
  // The one of the fixture is the team's: of an own one see saved-views.test.ts.
  "PATCH /saved-views/{id}": {
    roles: operators,
    path: (f) => `/saved-views/${f.savedViewId}`,
    body: () => ({ name: "Other" }),
    foreign: "404",
  },
  "DELETE /saved-views/{id}": { roles: operators, path: (f) => `/saved-views/${f.savedViewId}`, foreign: "404" },
  "GET /alerts": { roles: everyone, path: () => "/alerts", foreign: "list" },
  "GET /alert-rules": { roles: everyone, path: () => "/alert-rules", foreign: "list" },
  "POST /alert-rules": {
    roles: operators,
    path: () => "/alert-rules",
    body: (f) => ({ name: newId(), channelIds: [f.alertChannelId] }),
    foreign: "own",
  },
  "POST /alert-rules/preview": { roles: everyone, path: () => "/alert-rules/preview", body: () => ({}), foreign: "list" },
  "PATCH /alert-rules/{id}": {
    roles: operators,
    path: (f) => `/alert-rules/${f.alertRuleId}`,
    body: () => ({ enabled: false }),
    foreign: "404",
  },
  "DELETE /alert-rules/{id}": { roles: operators, path: (f) => `/alert-rules/${f.alertRuleId}`, foreign: "404" },
  "GET /channels": { roles: everyone, path: () => "/channels", foreign: "list" },
  "POST /channels": {
    roles: builders,
    path: () => "/channels",
    body: () => ({ kind: "webhook", name: newId(), url: "https://example.com/hook" }),
    foreign: "own",
  },
  "PATCH /channels/{id}": {
    roles: builders,
    path: (f) => `/channels/${f.alertChannelId}`,
    body: () => ({ enabled: false }),
    foreign: "404",
  },
  "DELETE /channels/{id}": { roles: builders, path: (f) => `/channels/${f.alertChannelId}`, foreign: "404" },
  "POST /channels/{id}/test": { roles: builders, path: (f) => `/channels/${f.alertChannelId}/test`, foreign: "404" },
  "GET /approvals": { roles: everyone, path: () => "/approvals", foreign: "list" },
  "GET /approvals/counts": { roles: everyone, path: () => "/approvals/counts", foreign: "own" },
  "GET /approvals/{id}": { roles: everyone, path: (f) => `/approvals/${f.approvalId}`, foreign: "404" },
  "POST /approvals/{id}/decide": {
    roles: operators,
    path: (f) => `/approvals/${f.approvalId}/decide`,
    body: () => ({ decision: "approved" }),
    foreign: "404",
  },
  "GET /connections": { roles: everyone, path: () => "/connections", foreign: "list" },
  "POST /connections": { roles: builders, path: () => "/connections", body: () => ({ name: "New" }), foreign: "own" },
  "GET /connections/{id}": { roles: everyone, path: (f) => `/connections/${f.connectionId}`, foreign: "404" },
  "PATCH /connections/{id}": {
    roles: builders,
    path: (f) => `/connections/${f.connectionId}`,
    body: () => ({ isolated: true }),
    foreign: "404",
  },
  "DELETE /connections/{id}": { roles: builders, path: (f) => `/connections/${f.connectionId}`, foreign: "404" },
  "POST /connections/{id}/test": { roles: builders, path: (f) => `/connections/${f.connectionId}/test`, foreign: "404" },
  "POST /connections/{id}/isolate": {
    roles: operators,
    path: (f) => `/connections/${f.connectionId}/isolate`,
    body: () => ({ reason: "x" }),
    foreign: "404",
  },
  "POST /connections/{id}/release": { roles: operators, path: (f) => `/connections/${f.connectionId}/release`, foreign: "404" },
  "POST /connections/{id}/rotate": {
    roles: builders,
    path: (f) => `/connections/${f.connectionId}/rotate`,
    body: () => ({ secrets: { token: "a new value" } }),
    foreign: "404",
  },
  "GET /session": { roles: everyone, path: () => "/session", foreign: "own" },
  "GET /members": { roles: everyone, path: () => "/members", foreign: "list" },
  "POST /members": {
    roles: owners,
    path: () => "/members",
    body: () => ({ email: `new-${newId()}@example.com`, role: "viewer", password: "a good long password" }),
    foreign: "own",
  },
  "PATCH /members/{userId}": { roles: owners, path: (f) => `/members/${f.memberId}`, body: () => ({ role: "operator" }), foreign: "404" },
  "DELETE /members/{userId}": { roles: owners, path: (f) => `/members/${f.memberId}`, foreign: "404" },
  "GET /tokens": { roles: owners, path: () => "/tokens", foreign: "list" },
  "POST /tokens": { roles: owners, path: () => "/tokens", body: () => ({ name: "x", scopes: ["read"] }), foreign: "own" },
  "DELETE /tokens/{id}": { roles: owners, path: (f) => `/tokens/${f.tokenId}`, foreign: "404" },
  "GET /audit-log": { roles: owners, path: () => "/audit-log", foreign: "list" },
  "GET /sandbox-targets": { roles: everyone, path: () => "/sandbox-targets", foreign: "list" },
  "GET /sandbox-targets/{name}": { roles: everyone, path: (f) => `/sandbox-targets/${f.sandboxName}`, foreign: "404" },
  "PUT /sandbox-targets/{name}": {
    roles: builders,
    path: () => `/sandbox-targets/new-${newId().slice(-12)}`,
    body: () => ({ kind: "recorder" }),
    foreign: "own",
  },
  "DELETE /sandbox-targets/{name}": { roles: builders, path: (f) => `/sandbox-targets/${f.sandboxName}`, foreign: "404" },
  "GET /sandbox-targets/{name}/ledger": { roles: everyone, path: (f) => `/sandbox-targets/${f.sandboxName}/ledger`, foreign: "404" },
};
