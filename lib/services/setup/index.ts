export { isSetupNeeded } from "./is-setup-needed.ts";
export * from "./schemas.ts";
export { setUp } from "./set-up.ts";
