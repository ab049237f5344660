import type { ASTNode } from "@marcbachmann/cel-js";
import { type Compiler, errorAt } from "./compiler.ts";
import { ExpressionError } from "./error.ts";
import type { ExpressionFunction } from "./functions/args.ts";
import { functions, specialForms } from "./functions/table.ts";
import { compileMacro, isMacro } from "./macros.ts";
import { nearest } from "./nearest.ts";
import { type Compiled, charge, type Frame, type Value } from "./value.ts";

/** Compiles `name(a, b)`. */
export function compileCall(compiler: Compiler, node: ASTNode, name: string, args: ASTNode[]): Compiled {
  if (name === "has") return compileHas(compiler, node, args);
  if (name === "default") return compileDefault(compiler, node, args);
  return compileFunction(compiler, node, name, args);
}

/** Compiles `a.name(b)`: a macro, an optional's method, or a function whose first argument is `a`. */
export function compileMethodCall(compiler: Compiler, node: ASTNode, [name, receiver, args]: [string, ASTNode, ASTNode[]]): Compiled {
  if (isMacro(name, args.length)) return compileMacro(compiler, node, name, receiver, args);
  if (name === "orValue" && args.length === 1) return compileDefault(compiler, node, [receiver, ...args], false);
  if (name === "hasValue" && args.length === 0) {
    const optional = compiler.compile(receiver);
    return (frame) => optional(frame) !== undefined;
  }
  return compileFunction(compiler, node, name, [receiver, ...args]);
}

function isPath(node: ASTNode): boolean {
  if (node.op === "id") return true;
  return (node.op === "." || node.op === ".?" || node.op === "[]" || node.op === "[?]") && isPath(node.args[0]);
}

function compileHas(compiler: Compiler, node: ASTNode, args: ASTNode[]): Compiled {
  const [path] = args;
  if (!path || args.length !== 1 || !isPath(path))
    throw errorAt(compiler, node, "syntax", "has() takes one path, for example has(trigger.body.email)");
  const run = compiler.compile(path, true);
  return (frame) => run(frame) !== undefined;
}

/** `nullToo`: default() also replaces null, orValue() only what is absent. */
function compileDefault(compiler: Compiler, node: ASTNode, args: ASTNode[], nullToo = true): Compiled {
  const [tried, other] = args;
  if (!tried || !other || args.length !== 2)
    throw errorAt(compiler, node, "syntax", 'default() takes a path and a fallback: default(trigger.body.name, "")');
  const run = isPath(tried) ? compiler.compile(tried, true) : tolerant(compiler.compile(tried));
  const fallback = compiler.compile(other);
  return (frame) => {
    const value = run(frame);
    return value === undefined || (nullToo && value === null) ? fallback(frame) : value;
  };
}

function tolerant(run: Compiled): Compiled {
  return (frame) => {
    try {
      return run(frame);
    } catch (error) {
      if (error instanceof ExpressionError && error.code === "missing_path") return undefined;
      throw error;
    }
  };
}

function compileFunction(compiler: Compiler, node: ASTNode, name: string, nodes: ASTNode[]): Compiled {
  const found = functions.get(name);
  if (!found) throw unknownFunction(compiler, node, name);
  if (nodes.length < found.min || nodes.length > found.max) {
    throw errorAt(compiler, node, "syntax", `${name}() takes other arguments: ${found.signature}`);
  }
  compiler.builds = true;
  const args = nodes.map((arg) => compiler.compile(arg));
  return (frame) => {
    const values = args.map((arg) => arg(frame));
    for (const value of values) chargeFor(value, frame);
    return invoke(compiler, node, name, found, values, frame);
  };
}

function chargeFor(value: Value, frame: Frame): void {
  if (typeof value === "string") charge(frame, value.length / 64);
  else if (Array.isArray(value)) charge(frame, value.length);
}

function invoke(compiler: Compiler, node: ASTNode, name: string, found: ExpressionFunction, values: Value[], frame: Frame): Value {
  try {
    return found.call(values, frame);
  } catch (error) {
    if (!(error instanceof ExpressionError) || error.position !== null) throw error;
    throw new ExpressionError(error.code, `${name}(): ${error.message}`, { source: compiler.source, position: node.pos, cause: error });
  }
}

function unknownFunction(compiler: Compiler, node: ASTNode, name: string): ExpressionError {
  const near = nearest(name, [...functions.keys(), ...specialForms.keys()]);
  return errorAt(compiler, node, "unknown_function", `there is no function ${name}()${near ? `; did you mean ${near}()?` : ""}`);
}
