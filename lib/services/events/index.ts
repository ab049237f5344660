export { listEvents } from "./list-events.ts";
export * from "./schemas.ts";
