import type { Db } from "#lib/db/db.ts";
import { isPermission, permissionsOf } from "../permissions.ts";
import { type Identity, readRole } from "../session/find-user-actor.ts";
import { hashToken, isWellFormedToken } from "./format.ts";

/** `last_used_at` answers "is it still in use", so one write a minute is enough. */
const usedResolution = "1 minute";

interface TokenRow {
  id: string;
  workspace_id: string;
  scopes: string[];
  created_by: string | null;
  role: string | null;
  stale: boolean;
}

const findToken = `
  SELECT t.id, t.workspace_id, t.scopes, t.created_by, m.role,
    t.last_used_at IS NULL OR t.last_used_at < now() - interval '${usedResolution}' AS stale
  FROM api_token t
  LEFT JOIN member m ON m.workspace_id = t.workspace_id AND m.user_id = t.created_by
  WHERE t.token_hash = $1 AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > now())`;

/**
 * Who a bearer token is. Null: unknown, revoked, expired, or its maker is no member any more. Its maker's present role bounds
 * what it may do, so a demotion reaches the tokens too. A token with a wrong checksum never reaches the database.
 */
export async function findTokenActor({ db, token }: { db: Db; token: string }): Promise<Identity | null> {
  if (!isWellFormedToken(token)) return null;
  const { rows } = await db.pool.query<TokenRow>({ name: "find-token", text: findToken, values: [Buffer.from(hashToken(token))] });
  const row = rows[0];
  if (row === undefined || (row.created_by !== null && row.role === null)) return null;
  if (row.stale) await db.pool.query("UPDATE api_token SET last_used_at = now() WHERE id = $1", [row.id]);
  const granted = row.scopes.filter(isPermission);
  const bound = row.role === null ? null : permissionsOf(readRole(row.role));
  const scopes = bound === null ? granted : granted.filter((scope) => bound.includes(scope));
  return { actor: { type: "token", tokenId: row.id, scopes }, workspaceId: row.workspace_id };
}
