import type { ASTNode } from "@marcbachmann/cel-js";
import type { JsonObject, JsonValue } from "#lib/shared/json.ts";
import { compileAccess, compileName } from "./access.ts";
import { compileCall, compileMethodCall } from "./calls.ts";
import { type Compiler, errorAt, type Reference } from "./compiler.ts";
import { compileBinary, compileLogical, compileNegation, compileNot, compileTernary } from "./operators.ts";
import { parseCel } from "./parse.ts";
import { type Compiled, charge } from "./value.ts";

/*
 * CEL is parsed by cel-js and worked out here, because JSON needs other rules than its evaluator has: one kind of
 * number instead of int and double, errors that name the path, a budget of work, RE2 for patterns, and no conversion
 * of results. Each node of the syntax tree becomes one closure.
 */

export interface CompiledCel {
  run: Compiled;
  names: readonly Reference[];
  steps: readonly Reference[];
  resumes: readonly Reference[];
  loops: boolean;
  builds: boolean;
}

/** Reads and compiles one CEL expression. Throws ExpressionError. */
export function compileCel(source: string): CompiledCel {
  const compiler: Compiler = {
    source,
    locals: [],
    names: [],
    steps: [],
    resumes: [],
    loops: false,
    builds: false,
    compile: (node, lenient = false) => compileNode(compiler, node, lenient),
  };
  const run = compiler.compile(parseCel(source));
  const { names, steps, resumes, loops, builds } = compiler;
  return { run, names, steps, resumes, loops, builds };
}

function compileNode(compiler: Compiler, node: ASTNode, lenient: boolean): Compiled {
  switch (node.op) {
    case "value":
      return compileLiteral(compiler, node, node.args);
    case "id":
      return compileName(compiler, node, node.args, lenient);
    case ".":
    case ".?":
    case "[]":
    case "[?]":
      return compileAccess(compiler, node, lenient);
    case "call":
      return compileCall(compiler, node, node.args[0], node.args[1]);
    case "rcall":
      return compileMethodCall(compiler, node, node.args);
    case "list":
      return compileList(compiler, node.args);
    case "map":
      return compileMap(compiler, node, node.args);
    case "?:":
      return compileTernary(compiler, node.args);
    case "&&":
    case "||":
      return compileLogical(compiler, node.op, node.args);
    case "!_":
      return compileNot(compiler, node.args);
    case "-_":
      return compileNegation(compiler, node, node.args);
    default:
      return compileBinary(compiler, node, node.op, node.args);
  }
}

function compileLiteral(compiler: Compiler, node: ASTNode, literal: unknown): Compiled {
  if (typeof literal === "string" || typeof literal === "boolean" || literal === null) return () => literal;
  if (literal instanceof Uint8Array) throw errorAt(compiler, node, "syntax", 'bytes (b"…") cannot be used, only text');
  const number = Number(literal);
  if (!Number.isFinite(number) || (typeof literal === "bigint" && !Number.isSafeInteger(number))) {
    throw errorAt(compiler, node, "syntax", "the number is too large to be exact; write it as text");
  }
  return () => number;
}

function compileList(compiler: Compiler, nodes: ASTNode[]): Compiled {
  compiler.builds = true;
  const items = nodes.map((node) => compiler.compile(node));
  return (frame) => {
    charge(frame, items.length);
    return items.map((item) => item(frame) ?? null);
  };
}

function compileMap(compiler: Compiler, node: ASTNode, entries: [ASTNode, ASTNode][]): Compiled {
  compiler.builds = true;
  const fields = entries.map(([key, value]) => ({ key: compiler.compile(key), value: compiler.compile(value) }));
  return (frame) => {
    charge(frame, fields.length);
    const made: JsonObject = {};
    for (const field of fields) {
      const key = field.key(frame);
      if (typeof key !== "string" || key === "__proto__")
        throw errorAt(compiler, node, "type", "the keys of an object must be text, and not __proto__");
      const value: JsonValue = field.value(frame) ?? null;
      made[key] = value;
    }
    return made;
  };
}
