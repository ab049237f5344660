import type { ASTNode } from "@marcbachmann/cel-js";
import { ExpressionError, type ExpressionErrorCode } from "./error.ts";
import type { Compiled } from "./value.ts";

/** A name an expression uses, and where. */
export interface Reference {
  name: string;
  position: number;
}

/** What is known while an expression is compiled. */
export interface Compiler {
  readonly source: string;
  /** The names bound by the macros around the current node; a name's index is its slot in the frame. */
  readonly locals: string[];
  /** The names of the scope that are used. */
  readonly names: Reference[];
  /** The ids in `steps.<id>`. */
  readonly steps: Reference[];
  /** The ids in `run.resumeUrls.<id>`. */
  readonly resumes: Reference[];
  /** Whether it walks lists. */
  loops: boolean;
  /** Whether it makes lists or objects, so that its result may be larger than its input. */
  builds: boolean;
  /** `lenient`: a path that does not exist is `undefined` instead of an error. */
  compile(node: ASTNode, lenient?: boolean): Compiled;
}

/** The text of a node as the person wrote it. */
export function sourceOf(compiler: Compiler, node: ASTNode): string {
  return compiler.source.slice(node.start, node.end);
}

/** An error at a node. */
export function errorAt(compiler: Compiler, node: ASTNode, code: ExpressionErrorCode, message: string): ExpressionError {
  return new ExpressionError(code, message, { source: compiler.source, position: node.pos });
}
