export { countIssues } from "./count-issues.ts";
export { getIssue } from "./get-issue.ts";
export { listIssues } from "./list-issues.ts";
export { mergeIssue } from "./merge-issue.ts";
export { writePostMortem } from "./post-mortem.ts";
export * from "./schemas.ts";
export { splitIssue } from "./split-issue.ts";
export { undoIssue } from "./undo-issue.ts";
export { updateIssue, updateIssues } from "./update-issue.ts";
