export { findUserActor, type Identity } from "./find-user-actor.ts";
export { getSession } from "./get-session.ts";
