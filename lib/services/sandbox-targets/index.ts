export { deleteSandboxTarget } from "./delete-sandbox-target.ts";
export { ensureSandboxTargets } from "./ensure-sandbox-targets.ts";
export { getSandboxLedger } from "./get-sandbox-ledger.ts";
export { getSandboxTarget } from "./get-sandbox-target.ts";
export { listSandboxTargets } from "./list-sandbox-targets.ts";
export { putSandboxTarget } from "./put-sandbox-target.ts";
export * from "./schemas.ts";
