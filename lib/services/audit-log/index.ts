export { listAuditLog } from "./list-audit-log.ts";
export * from "./schemas.ts";
