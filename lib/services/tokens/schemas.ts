import * as z from "zod";
import { allPermissions, isPermission, isScopeAlias, type Permission, permissionsOf, scopeAliases } from "../permissions.ts";
import { nameSchema, timeSchema } from "../schemas.ts";

const scopeSchema = z.string().refine((text) => isPermission(text) || isScopeAlias(text), {
  error: `unknown scope; use ${[...Object.keys(scopeAliases), ...allPermissions].join(", ")}`,
});

function expandScopes(given: string[]): Permission[] {
  const expanded = given.flatMap((scope) =>
    isScopeAlias(scope) ? permissionsOf(scopeAliases[scope]) : isPermission(scope) ? [scope] : [],
  );
  return allPermissions.filter((permission) => expanded.includes(permission));
}

export const createTokenSchema = z.strictObject({
  name: nameSchema,
  /** Permission names, or the groups `all`, `build`, `operate`, `read`. */
  scopes: z.array(scopeSchema).min(1).max(50).transform(expandScopes),
  /** Null: never. Absent: after 90 days. */
  expiresAt: timeSchema.nullable().optional(),
});
export type CreateTokenInput = z.output<typeof createTokenSchema>;
