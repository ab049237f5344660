import type { TokenView } from "#lib/shared/api-types.ts";

interface TokenRow {
  id: string;
  name: string;
  hint: string;
  scopes: string[];
  createdBy: string | null;
  createdAt: Date;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
}

/** What people see of a token: never the token. `creator` is the e-mail address of who made it. */
export function toTokenView(row: TokenRow, creator: string | null): TokenView {
  return {
    id: row.id,
    name: row.name,
    hint: row.hint,
    scopes: row.scopes,
    createdBy: creator ?? row.createdBy,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt?.toISOString() ?? null,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
  };
}
