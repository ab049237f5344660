import { checkTemplate } from "#lib/expressions/check.ts";
import type { DocumentProblem } from "#lib/shared/api-types.ts";
import type { CompiledDocument } from "./compile.ts";
import { errorAt, warningAt } from "./problem.ts";

const base = "settings.attributes";

/** What is masked where events are stored, so that there is nothing to find by it, and it must not be stored in clear. */
const secret =
  /authorization|cookie|token|secret|passw|passphrase|signature|credential|api[-_]?key|access[-_]?key|private[-_]?key|session[-_]?id/i;
const personal = /e[-_]?mail|phone|mobile|birth|first[-_]?name|last[-_]?name|surname|address|iban|passport|ssn|social[-_]?security/i;

/** What is wrong with the attributes runs are found by: names given twice, expressions, and what should not be stored in clear. */
export function checkAttributes({ document }: CompiledDocument, allSteps: ReadonlySet<string>, told: Told): DocumentProblem[] {
  const rules = document.settings.attributes ?? [];
  return rules.flatMap(({ name, value }, index) => {
    const at = `${base}.${index}`;
    const first = rules.findIndex((rule) => rule.name === name);
    return [
      ...(first < index ? [errorAt(`${at}.name`, `${name} is the name of another attribute already`)] : []),
      ...checkTemplate(value, { names: [], steps: new Set(), allSteps }).map((problem) => errorAt(`${at}.value`, told(problem))),
      ...checkOpenness(at, name, value),
    ];
  });
}

function checkOpenness(at: string, name: string, value: string): DocumentProblem[] {
  if (secret.test(name) || secret.test(value))
    return [errorAt(`${at}.value`, "attributes are stored in clear and shown to everybody: a secret must not be one")];
  if (personal.test(name) || personal.test(value))
    return [
      warningAt(`${at}.value`, "attributes are stored in clear and shown to everybody: take an id instead of what tells who somebody is"),
    ];
  return [];
}

type Told = (problem: ReturnType<typeof checkTemplate>[number]) => string;
