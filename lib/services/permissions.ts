import { AppError } from "#lib/shared/errors.ts";

export const roles = ["owner", "builder", "operator", "viewer"] as const;
export type Role = (typeof roles)[number];

/** Which roles may do what. A permission is also the name of a token scope. */
export const permissions = {
  "workflows:read": ["owner", "builder", "operator", "viewer"],
  "workflows:write": ["owner", "builder"],
  "workflows:publish": ["owner", "builder"],
  "workflows:operate": ["owner", "builder", "operator"],
  "runs:read": ["owner", "builder", "operator", "viewer"],
  "runs:write": ["owner", "builder", "operator"],
  "issues:read": ["owner", "builder", "operator", "viewer"],
  "issues:write": ["owner", "builder", "operator"],
  "alerts:read": ["owner", "builder", "operator", "viewer"],
  "alerts:write": ["owner", "builder", "operator"],
  "channels:write": ["owner", "builder"],
  "approvals:read": ["owner", "builder", "operator", "viewer"],
  "approvals:write": ["owner", "builder", "operator"],
  "connections:read": ["owner", "builder", "operator", "viewer"],
  "connections:write": ["owner", "builder"],
  "connections:operate": ["owner", "builder", "operator"],
  "sandbox:read": ["owner", "builder", "operator", "viewer"],
  "sandbox:write": ["owner", "builder"],
  "tokens:read": ["owner"],
  "tokens:write": ["owner"],
  "members:read": ["owner", "builder", "operator", "viewer"],
  "members:write": ["owner"],
  "audit:read": ["owner"],
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof permissions;
export const allPermissions = Object.keys(permissions) as Permission[];

/** Who acts. A token acts with its scopes alone; a user with the permissions of the role. */
export type Actor =
  | { type: "user"; userId: string; email: string; role: Role }
  | { type: "token"; tokenId: string; scopes: readonly Permission[] }
  | { type: "system"; job: string };

/** Names for groups of scopes, for people: `all` is what an owner may do, `read` what a viewer may. Stored expanded. */
export const scopeAliases = { all: "owner", build: "builder", operate: "operator", read: "viewer" } as const satisfies Record<string, Role>;
export type ScopeAlias = keyof typeof scopeAliases;

/** What a role may do. */
export function permissionsOf(role: Role): Permission[] {
  return allPermissions.filter((permission) => {
    const allowed: readonly Role[] = permissions[permission];
    return allowed.includes(role);
  });
}

/** Whether a text names a permission. */
export function isPermission(text: string): text is Permission {
  return Object.hasOwn(permissions, text);
}

/** Whether a text names a group of scopes. */
export function isScopeAlias(text: string): text is ScopeAlias {
  return Object.hasOwn(scopeAliases, text);
}

/** Whether the actor holds a permission. */
export function may(actor: Actor, permission: Permission): boolean {
  if (actor.type === "system") return true;
  if (actor.type === "token") return actor.scopes.includes(permission);
  const allowed: readonly Role[] = permissions[permission];
  return allowed.includes(actor.role);
}

/** First line of every service verb. Throws `forbidden`, naming the permission. */
export function authorize(actor: Actor, permission: Permission): void {
  if (!may(actor, permission)) throw new AppError("forbidden", `this needs the permission ${permission}`);
}

/** Nobody hands out more than they hold. Throws `forbidden`, naming what is missing. */
export function authorizeGrant(actor: Actor, granted: readonly Permission[]): void {
  const missing = granted.filter((permission) => !may(actor, permission));
  if (missing.length > 0) throw new AppError("forbidden", `you cannot grant what you do not hold: ${missing.join(", ")}`);
}
