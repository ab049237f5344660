/** What stands at the top of every generated file. */
export const generatedNotice = "<!-- Made by `npm run docs` from the code. Do not edit: change the code and run it again. -->";

/** A table; what would break its cells is escaped. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Text as code. */
export function code(text: string): string {
  return text.includes("`") ? `\`\` ${text} \`\`` : `\`${text}\``;
}

/** Several pieces of code, one after the other. */
export function codes(texts: readonly string[]): string {
  return texts.map(code).join(" ");
}

/** A whole page from its title and parts. */
export function page(title: string, parts: readonly string[]): string {
  return `${[generatedNotice, `# ${title}`, ...parts].join("\n\n")}\n`;
}
