import type { Clock } from "#lib/shared/clock.ts";
import type { Db } from "#lib/db/db.ts";
import type { Role, Permission } from "./permissions.ts";

/** Who acts. A token acts with its scopes alone; a user with the permissions of the role. */
export type Actor =
  | { type: "user"; userId: string; email: string; role: Role }
  | { type: "token"; tokenId: string; scopes: readonly Permission[] }
  | { type: "system"; job: string };

/** What every service verb gets besides its input. Everything it reads or writes belongs to `workspaceId`. */
export interface Context {
  actor: Actor;
  workspaceId: string;
  db: Db;
  now: Clock;
  requestId: string;
}
