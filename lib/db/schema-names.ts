function camel(name: string): string {
  return name.replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function pascal(name: string): string {
  const inner = camel(name);
  return inner.charAt(0).toUpperCase() + inner.slice(1);
}

function plural(name: string): string {
  if (/[^aeiou]y$/.test(name)) return `${name.slice(0, -1)}ies`;
  return /(s|x|ch)$/.test(name) ? `${name}es` : `${name}s`;
}

/** Renames the fields an attribute speaks of, as in `@@index([a_b(sort: Desc)], map: "a_b")`, and leaves its strings alone. */
function renameLists(line: string): string {
  return line.replace(/"[^"]*"|\b[a-z]\w*_\w+\b/g, (word) => (word.startsWith('"') ? word : camel(word)));
}

function renameField(line: string, models: Set<string>): string {
  const parts = /^ {2}(\w+)(\s+)(\w+)(\[\]|\?)?(.*)$/.exec(line);
  if (!parts) return renameLists(line);
  const [, name = "", , type = "", suffix = "", rest = ""] = parts;
  if (models.has(type)) {
    const own = suffix === "[]" && name === type ? plural(camel(name)) : camel(name);
    return renameLists(`  ${own} ${pascal(type)}${suffix}${rest}`);
  }
  const own = camel(name);
  const mapped = own === name || rest.includes("@map(") ? "" : ` @map("${name}")`;
  return `  ${own} ${type}${suffix}${rest.trimEnd()}${mapped}`;
}

/**
 * Turns what introspection gives (names as in the database) into the names our TypeScript uses, with `@map` back to the
 * database's. Introspection's remarks are left out; layout is left to the schema formatter.
 */
export function renameSchema(introspected: string): string {
  const models = new Set([...introspected.matchAll(/^model (\w+) \{/gm)].map((match) => match[1] ?? ""));
  let table: string | null = null;
  return introspected
    .split("\n")
    .filter((line) => !/^\/\/\/ This (table|model)/.test(line))
    .map((line) => {
      const start = /^model (\w+) \{/.exec(line);
      if (start?.[1]) {
        table = start[1];
        return `model ${pascal(table)} {`;
      }
      if (line === "}" && table !== null) {
        const map = pascal(table) === table ? "" : `\n  @@map("${table}")\n`;
        table = null;
        return `${map}}`;
      }
      return table === null ? line : renameField(line, models);
    })
    .join("\n");
}
