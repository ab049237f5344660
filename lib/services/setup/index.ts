export { isSetupNeeded } from "./is-setup-needed.ts";
export { setUp } from "./set-up.ts";
export * from "./schemas.ts";
