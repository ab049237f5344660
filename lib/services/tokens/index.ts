export { createToken } from "./create-token.ts";
export { findTokenActor } from "./find-token-actor.ts";
export { listTokens } from "./list-tokens.ts";
export { revokeToken } from "./revoke-token.ts";
export * from "./schemas.ts";
