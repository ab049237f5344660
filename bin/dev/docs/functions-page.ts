import { functions, specialForms } from "#lib/expressions/functions/table.ts";
import { scopeNames } from "#lib/expressions/scope.ts";
import { code, page, table } from "./markdown.ts";

function rows(forms: ReadonlyMap<string, { signature: string; help: string }>): string[][] {
  return [...forms.values()].map(({ signature, help }) => [code(signature), help]);
}

/** The reference of what may stand in an expression. */
export function functionsPage(): string {
  return page("Expressions", [
    "Expressions are [CEL](https://cel.dev), in `{{ … }}` or in a field that takes a bare expression. How to use them: [building workflows](../building-workflows.md#expressions).",
    "## Names",
    table(
      ["name", "what it is"],
      Object.entries(scopeNames).map(([name, text]) => [code(name), `${text.replaceAll("<", "&lt;")}.`]),
    ),
    "## Functions",
    "A function may be called either way: `upper(x)` or `x.upper()`.",
    table(["function", "gives"], rows(functions)),
    "## Forms",
    "These look at the shape of what they are given, or walk a list.",
    table(["form", "gives"], rows(specialForms)),
  ]);
}
