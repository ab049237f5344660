import { allPermissions, permissions, permissionsOf, type Role, roles, scopeAliases } from "#lib/services/permissions.ts";
import { code, codes, page, table } from "./markdown.ts";

const roleTexts: Record<Role, string> = {
  owner: "everything, members and tokens included",
  builder: "builds and publishes workflows, keeps connections",
  operator: "keeps what is live going: pauses, redrives, replays, decides",
  viewer: "reads",
};

/** The reference of who may do what. */
export function permissionsPage(): string {
  const rows = allPermissions.map((permission) => {
    const allowed: readonly Role[] = permissions[permission];
    return [code(permission), ...roles.map((role) => (allowed.includes(role) ? "yes" : "–"))];
  });
  const aliases = Object.entries(scopeAliases).map(([alias, role]) => [code(alias), `what ${role} may do`, codes(permissionsOf(role))]);
  return page("Permissions", [
    "Whatever is done for a person or a token names the permission it needs, and checks it first. A person acts with the permissions of their role in the workspace:",
    roles.map((role) => `* **${role}**: ${roleTexts[role]}`).join("\n"),
    table(["permission", ...roles], rows),
    "## Scopes of API tokens",
    "A token acts with its scopes alone; each scope is one of the permissions above. Nobody can give a token more than they hold. These names stand for several scopes:",
    table(["name", "means", "scopes"], aliases),
  ]);
}
