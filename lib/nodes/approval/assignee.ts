/** Those who may decide at all. */
const roles: readonly string[] = ["owner", "builder", "operator"];

/** What is wrong with an entry of "who decides"; null for an e-mail address or a role. */
export function assigneeProblem(text: string): string | null {
  if (roles.includes(text) || /^[^\s@]+@[^\s@]+$/.test(text)) return null;
  return `"${text}" is neither an e-mail address nor one of ${roles.join(", ")}`;
}
