export { countIssues } from "./count-issues.ts";
export { getIssue } from "./get-issue.ts";
export { listIssues } from "./list-issues.ts";
export * from "./schemas.ts";
export { updateIssue } from "./update-issue.ts";
