import { type CompiledCel, compileCel } from "./compile.ts";
import type { Reference } from "./compiler.ts";
import { ExpressionError } from "./error.ts";
import { nearest } from "./nearest.ts";
import { type Scope, scopeNames } from "./scope.ts";
import { compileTemplate } from "./template.ts";

/** What an expression may refer to at the place where it stands. */
export interface Known {
  /** Names beyond those of the scope: `value`, `response`. */
  names?: readonly string[];
  /** The ids of steps that run before; null when that is not known, and any is let pass. */
  steps: ReadonlySet<string> | null;
  /** All ids of the document, to tell "does not exist" from "does not come before". */
  allSteps?: ReadonlySet<string>;
  /** False where there is no item: outside of the bodies of loops. */
  inLoop?: boolean;
  /** The ids of steps that a link completes, and can be reached from here; any is let pass while that is not known. */
  resumable?: ReadonlySet<string>;
}

/** A fault to underline in an editor. */
export interface ExpressionProblem {
  message: string;
  /** Offset into the text; null when it cannot be told. */
  position: number | null;
}

/** What is wrong with a bare CEL expression. */
export function checkExpression(source: string, known: Known): ExpressionProblem[] {
  return collect(() => {
    const cel = compileCel(source);
    return unknown(cel, known);
  });
}

/** What is wrong with a text that may hold `{{ … }}`. */
export function checkTemplate(template: string, known: Known): ExpressionProblem[] {
  if (!template.includes("{{")) return [];
  return collect(() =>
    compileTemplate(template).holes.flatMap(({ offset, cel }) =>
      unknown(cel, known).map((problem) => ({
        ...problem,
        position: (problem.position ?? 0) + offset,
      })),
    ),
  );
}

/** The steps that an expression or a template names; none of one that cannot be read. */
export function stepsNamed(source: string, kind: "cel" | "template"): string[] {
  try {
    const parts = kind === "cel" ? [compileCel(source)] : compileTemplate(source).holes.map(({ cel }) => cel);
    return parts.flatMap((cel) => cel.steps.map(({ name }) => name));
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return [];
  }
}

function collect(check: () => ExpressionProblem[]): ExpressionProblem[] {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return [{ message: error.message, position: error.position }];
  }
}

const ofLoops: readonly string[] = ["item", "index"] satisfies (keyof Scope)[];
function unknown(cel: CompiledCel, known: Known): ExpressionProblem[] {
  return [...unknownNames(cel.names, known), ...unknownSteps(cel.steps, known), ...unknownResumes(cel.resumes, known)];
}

function unknownResumes(references: readonly Reference[], { resumable }: Known): ExpressionProblem[] {
  if (!resumable) return [];
  return references
    .filter(({ name }) => !resumable.has(name))
    .map(({ name, position }) => {
      const near = nearest(name, resumable);
      return { message: `${name} is no step that waits for a call back${near ? `; did you mean ${near}?` : ""}`, position };
    });
}

function unknownNames(references: readonly Reference[], known: Known): ExpressionProblem[] {
  const loopNames = known.inLoop === false ? ofLoops : [];
  const names = new Set<string>([...Object.keys(scopeNames).filter((name) => !loopNames.includes(name)), ...(known.names ?? [])]);
  return references
    .filter(({ name }) => !names.has(name))
    .map(({ name, position }) => {
      if (loopNames.includes(name)) return { message: `there is no ${name} here: it is known only inside a for-each`, position };
      const near = nearest(name, names);
      return { message: `there is no ${name} here${near ? `; did you mean ${near}?` : '; texts need quotes: "…"'}`, position };
    });
}

function unknownSteps(references: readonly Reference[], known: Known): ExpressionProblem[] {
  const { steps } = known;
  if (steps === null) return [];
  return references
    .filter(({ name }) => !steps.has(name))
    .map(({ name, position }) => ({ message: stepMessage(name, steps, known.allSteps), position }));
}

function stepMessage(id: string, steps: ReadonlySet<string>, all: ReadonlySet<string> | undefined): string {
  if (all?.has(id)) return `the step ${id} does not come before this one`;
  const near = nearest(id, steps);
  return `there is no step ${id} before this one${near ? `; did you mean ${near}?` : ""}`;
}
