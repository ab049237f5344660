export { changeRedrive } from "./change-redrive.ts";
export { createRedrive } from "./create-redrive.ts";
export { getRedrive } from "./get-redrive.ts";
export { listRedrives } from "./list-redrives.ts";
export { planRedrive } from "./plan-redrive.ts";
export * from "./schemas.ts";
