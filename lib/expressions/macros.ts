import type { ASTNode } from "@marcbachmann/cel-js";
import type { JsonValue } from "#lib/shared/json.ts";
import { type Compiler, errorAt } from "./compiler.ts";
import { asCondition } from "./operators.ts";
import { isScopeName } from "./scope.ts";
import { type Compiled, charge, type Frame, kindOf } from "./value.ts";

const arities: Readonly<Record<string, readonly number[]>> = { all: [2], exists: [2], exists_one: [2], filter: [2], map: [2, 3] };

/** How deeply loops may be nested: two are enough to pair lists, three can stall a process. */
const maxLoopDepth = 2;

/** Whether a method call is a loop over a list. */
export function isMacro(name: string, argumentCount: number): boolean {
  return Object.hasOwn(arities, name) && (arities[name]?.includes(argumentCount) ?? false);
}

/** Compiles `list.map(x, …)` and its relatives. */
export function compileMacro(compiler: Compiler, node: ASTNode, name: string, receiver: ASTNode, args: ASTNode[]): Compiled {
  const range = compileRange(compiler, receiver);
  const [variable, ...bodies] = args;
  if (variable?.op !== "id") throw errorAt(compiler, node, "syntax", `${name}() starts with the name of its variable: list.${name}(x, …)`);
  if (isScopeName(variable.args))
    throw errorAt(compiler, variable, "syntax", `${variable.args} already means something else; choose another name`);
  const slot = compiler.locals.length;
  if (slot >= maxLoopDepth) throw errorAt(compiler, node, "limit", `loops may be nested ${maxLoopDepth} deep at most`);
  compiler.loops = true;
  compiler.builds = true;
  compiler.locals.push(variable.args);
  try {
    return compileLoop(compiler, name, range, slot, bodies);
  } finally {
    compiler.locals.pop();
  }
}

type Range = (frame: Frame) => readonly JsonValue[];

function compileRange(compiler: Compiler, node: ASTNode): Range {
  const run = compiler.compile(node);
  return (frame) => {
    const value = run(frame);
    if (Array.isArray(value)) return value;
    if (typeof value === "object" && value !== null) return Object.keys(value);
    throw errorAt(compiler, node, "type", `only lists and objects can be walked, this is ${kindOf(value)}`);
  };
}

function compileLoop(compiler: Compiler, name: string, range: Range, slot: number, bodies: ASTNode[]): Compiled {
  const [first, second] = bodies;
  if (!first) throw new Error(`${name} without a body`);
  if (name === "map")
    return second
      ? mapping(range, slot, asCondition(compiler, first), compiler.compile(second))
      : mapping(range, slot, null, compiler.compile(first));
  const holds = asCondition(compiler, first);
  const test = (item: JsonValue, frame: Frame): boolean => {
    charge(frame, 1);
    frame.locals[slot] = item;
    return holds(frame);
  };
  switch (name) {
    case "all":
      return (frame) => range(frame).every((item) => test(item, frame));
    case "exists":
      return (frame) => range(frame).some((item) => test(item, frame));
    case "exists_one":
      return (frame) => range(frame).filter((item) => test(item, frame)).length === 1;
    default:
      return (frame) => range(frame).filter((item) => test(item, frame));
  }
}

function mapping(range: Range, slot: number, keep: ((frame: Frame) => boolean) | null, value: Compiled): Compiled {
  return (frame) => {
    const made: JsonValue[] = [];
    for (const item of range(frame)) {
      charge(frame, 1);
      frame.locals[slot] = item;
      if (keep === null || keep(frame)) made.push(value(frame) ?? null);
    }
    return made;
  };
}
