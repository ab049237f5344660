import type { ASTNode, BinaryOperator } from "@marcbachmann/cel-js";
import { type Compiler, errorAt } from "./compiler.ts";
import { bounded, type Compiled, charge, equal, type Frame, finite, kindOf, type Value } from "./value.ts";

type Pair = [ASTNode, ASTNode];

/** Compiles an operator between two values. Numbers are JSON numbers: 7 / 2 is 3.5. */
export function compileBinary(compiler: Compiler, node: ASTNode, op: BinaryOperator, args: Pair): Compiled {
  const left = compiler.compile(args[0]);
  const right = compiler.compile(args[1]);
  const mismatch = (a: Value, b: Value) => errorAt(compiler, node, "type", explain(op, a, b));
  switch (op) {
    case "==":
      return (frame) => equal(left(frame), right(frame), frame);
    case "!=":
      return (frame) => !equal(left(frame), right(frame), frame);
    case "in":
      return compileIn(left, right, mismatch);
    case "+":
      compiler.builds = true;
      return (frame) => {
        const a = left(frame);
        const b = right(frame);
        if (typeof a === "number" && typeof b === "number") return finite(a + b);
        if (typeof a === "string" && typeof b === "string") return bounded(a + b);
        if (!Array.isArray(a) || !Array.isArray(b)) throw mismatch(a, b);
        charge(frame, a.length + b.length);
        return [...a, ...b];
      };
    case "<":
    case "<=":
    case ">":
    case ">=":
      return compileComparison(op, left, right, mismatch);
    default:
      return compileArithmetic(op, left, right, mismatch);
  }
}

type Mismatch = (a: Value, b: Value) => Error;

function compileIn(left: Compiled, right: Compiled, mismatch: Mismatch): Compiled {
  return (frame) => {
    const what = left(frame);
    const where = right(frame);
    if (typeof where === "string" && typeof what === "string") return where.includes(what);
    if (typeof where !== "object" || where === null) throw mismatch(what, where);
    if (!Array.isArray(where)) return typeof what === "string" && Object.hasOwn(where, what);
    charge(frame, where.length / 8);
    return where.some((item) => equal(item, what, frame));
  };
}

const arithmetic: Record<"-" | "*" | "/" | "%", (a: number, b: number) => number> = {
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "%": (a, b) => a % b,
};

function compileArithmetic(op: keyof typeof arithmetic, left: Compiled, right: Compiled, mismatch: Mismatch): Compiled {
  const apply = arithmetic[op];
  return (frame) => {
    const a = left(frame);
    const b = right(frame);
    if (typeof a !== "number" || typeof b !== "number") throw mismatch(a, b);
    return finite(apply(a, b));
  };
}

type Comparable = string | number | boolean;

const comparisons: Record<"<" | "<=" | ">" | ">=", (a: Comparable, b: Comparable) => boolean> = {
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};

function isComparable(value: Value): value is Comparable {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

function compileComparison(op: keyof typeof comparisons, left: Compiled, right: Compiled, mismatch: Mismatch): Compiled {
  const apply = comparisons[op];
  return (frame) => {
    const a = left(frame);
    const b = right(frame);
    if (typeof a !== typeof b || !isComparable(a) || !isComparable(b)) throw mismatch(a, b);
    return apply(a, b);
  };
}

function explain(op: string, a: Value, b: Value): string {
  const kinds = `${kindOf(a)} ${op} ${kindOf(b)}`;
  const types = new Set([typeof a, typeof b]);
  if (types.has("string") && types.has("number")) return `${kinds} cannot be worked out; use number(…) or string(…) on one side`;
  return `${kinds} cannot be worked out`;
}

/** The value as true or false; anything else is an error at the node. */
export function asCondition(compiler: Compiler, node: ASTNode): (frame: Frame) => boolean {
  const run = compiler.compile(node);
  return (frame) => {
    const value = run(frame);
    if (typeof value === "boolean") return value;
    throw errorAt(compiler, node, "type", `a condition must be true or false, this is ${kindOf(value)}`);
  };
}

/** Compiles `&&` and `||`; the right side is only looked at when it decides. */
export function compileLogical(compiler: Compiler, op: "&&" | "||", args: Pair): Compiled {
  const left = asCondition(compiler, args[0]);
  const right = asCondition(compiler, args[1]);
  return op === "&&" ? (frame) => left(frame) && right(frame) : (frame) => left(frame) || right(frame);
}

/** Compiles `condition ? a : b`. */
export function compileTernary(compiler: Compiler, args: [ASTNode, ASTNode, ASTNode]): Compiled {
  const condition = asCondition(compiler, args[0]);
  const yes = compiler.compile(args[1]);
  const no = compiler.compile(args[2]);
  return (frame) => (condition(frame) ? yes(frame) : no(frame));
}

/** Compiles `!a`. */
export function compileNot(compiler: Compiler, arg: ASTNode): Compiled {
  const condition = asCondition(compiler, arg);
  return (frame) => !condition(frame);
}

/** Compiles `-a`. */
export function compileNegation(compiler: Compiler, node: ASTNode, arg: ASTNode): Compiled {
  const run = compiler.compile(arg);
  return (frame) => {
    const value = run(frame);
    if (typeof value === "number") return finite(-value);
    throw errorAt(compiler, node, "type", `only a number can be negative, this is ${kindOf(value)}`);
  };
}
