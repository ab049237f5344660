import type { ASTNode } from "@marcbachmann/cel-js";
import { type Compiler, errorAt, sourceOf } from "./compiler.ts";
import type { ExpressionError } from "./error.ts";
import { nearest } from "./nearest.ts";
import { type Compiled, kindOf, type Value } from "./value.ts";

/** Compiles a name: a variable of a macro, one of the extra names of this evaluation, or one of the scope. */
export function compileName(compiler: Compiler, node: ASTNode, name: string, lenient: boolean): Compiled {
  const slot = compiler.locals.lastIndexOf(name);
  if (slot >= 0) return (frame) => frame.locals[slot];
  compiler.names.push({ name, position: node.pos });
  return (frame) => {
    const { extra, names } = frame;
    if (extra !== undefined && Object.hasOwn(extra, name)) return extra[name];
    const value = Object.hasOwn(names, name) ? names[name] : undefined;
    if (value !== undefined || lenient) return value;
    throw unknownName(compiler, node, name, [...Object.keys(extra ?? {}), ...Object.keys(names)]);
  };
}

/** The error for a name that is not in scope. */
export function unknownName(compiler: Compiler, node: ASTNode, name: string, known: Iterable<string>): ExpressionError {
  const near = nearest(name, known);
  const hint = near ? `; did you mean ${near}?` : '; texts need quotes: "…"';
  return errorAt(compiler, node, "unknown_name", `there is no ${name} here${hint}`);
}

/** Reads an own field or an item; nothing of a prototype. */
function member(target: Value, key: Value): Value {
  if (typeof target !== "object" || target === null) return undefined;
  if (Array.isArray(target)) return typeof key === "number" ? target[key] : undefined;
  return typeof key === "string" && Object.hasOwn(target, key) ? target[key] : undefined;
}

type AccessNode = Extract<ASTNode, { op: "." | ".?" | "[]" | "[?]" }>;

function isAccess(node: ASTNode): node is AccessNode {
  return node.op === "." || node.op === ".?" || node.op === "[]" || node.op === "[?]";
}

/** From `.?` on, the rest of a chain is optional too. */
function isOptional(node: ASTNode): boolean {
  return isAccess(node) && (node.op === ".?" || node.op === "[?]" || isOptional(node.args[0]));
}

/** Compiles `a.b`, `a["b"]`, `a.?b` and `a[?"b"]`. */
export function compileAccess(compiler: Compiler, node: AccessNode, lenient: boolean): Compiled {
  const [left, right] = node.args;
  const target = compiler.compile(left, lenient);
  noteReference(compiler, node);
  const optional = lenient || isOptional(node);
  if (typeof right === "string") {
    return (frame) => {
      const from = target(frame);
      const value = member(from, right);
      if (value !== undefined || optional) return value;
      throw missing(compiler, node, from, right);
    };
  }
  const key = compiler.compile(right);
  return (frame) => {
    const from = target(frame);
    const at = key(frame);
    const value = member(from, at);
    if (value !== undefined || optional) return value;
    throw missing(compiler, node, from, at);
  };
}

/** `steps.<id>`, `steps["<id>"]` and `run.resumeUrls.<id>` refer to another node, which validation checks. */
function noteReference(compiler: Compiler, node: AccessNode): void {
  const [left] = node.args;
  const name = memberName(node);
  if (name === null) return;
  if (isName(compiler, left, "steps")) compiler.steps.push({ name, position: node.pos });
  if (isAccess(left) && isName(compiler, left.args[0], "run") && memberName(left) === "resumeUrls")
    compiler.resumes.push({ name, position: node.pos });
}

function isName(compiler: Compiler, node: ASTNode, name: string): boolean {
  return node.op === "id" && node.args === name && !compiler.locals.includes(name);
}

/** What is read of the left side, when that is written out. */
function memberName(node: AccessNode): string | null {
  const [, right] = node.args;
  const name = typeof right === "string" ? right : right.op === "value" ? right.args : undefined;
  return typeof name === "string" ? name : null;
}

function missing(compiler: Compiler, node: AccessNode, from: Value, key: Value): ExpressionError {
  const left = sourceOf(compiler, node.args[0]);
  const path = sourceOf(compiler, node);
  const at = (message: string) => errorAt(compiler, node, "missing_path", message);
  if (left === "steps") return at(`the step ${String(key)} has no output: it does not exist, was skipped, or has not run yet`);
  if (typeof from !== "object" || from === null) return at(`${path} does not exist: ${left} is ${kindOf(from)}`);
  if (Array.isArray(from)) {
    const reason = typeof key === "number" ? `it has ${from.length} items` : "it is a list; items are read with [0]";
    return at(`${path} does not exist: ${left} has no such item, ${reason}`);
  }
  const near = typeof key === "string" ? nearest(key, Object.keys(from)) : null;
  const hint = near === null ? "" : `; did you mean ${suggestion(left, near)}?`;
  return at(`${path} does not exist${hint}`);
}

function suggestion(left: string, key: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) ? `${left}.${key}` : `${left}[${JSON.stringify(key)}]`;
}
