export { countApprovals } from "./count-approvals.ts";
export { decideApproval } from "./decide-approval.ts";
export { getApproval } from "./get-approval.ts";
export { listApprovals } from "./list-approvals.ts";
export * from "./schemas.ts";
