import { type ASTNode, Environment } from "@marcbachmann/cel-js";
import { ExpressionError } from "./error.ts";

/** The longest expression that is read at all. */
export const maxSourceLength = 20_000;

const environment = new Environment({
  unlistedVariablesAreDyn: true,
  homogeneousAggregateLiterals: false,
  enableOptionalTypes: true,
  limits: { maxAstNodes: 2_000, maxDepth: 40, maxListElements: 500, maxMapEntries: 200, maxCallArguments: 16 },
});

/** Reads CEL into its syntax tree. Throws ExpressionError with the position of the fault. */
export function parseCel(source: string): ASTNode {
  if (source.length > maxSourceLength) {
    throw new ExpressionError("limit", `the expression is longer than ${maxSourceLength} characters`, { position: maxSourceLength });
  }
  try {
    return environment.parse(source).ast;
  } catch (error) {
    throw asExpressionError(error, source);
  }
}

interface ParserFault {
  code: string;
  summary: string;
  range?: { start: number };
}

function isParserFault(error: unknown): error is Error & ParserFault {
  return error instanceof Error && "summary" in error && "code" in error;
}

function asExpressionError(error: unknown, source: string): ExpressionError {
  // A long row of `!` or `-` overflows the parser's stack before its own limits see it.
  if (error instanceof RangeError)
    return new ExpressionError("limit", "the expression is nested too deeply", { source, position: null, cause: error });
  if (!isParserFault(error)) throw error;
  const code = error.code === "limit_exceeded" ? "limit" : "syntax";
  return new ExpressionError(code, readable(error), { source, position: error.range?.start ?? null, cause: error });
}

const tokenNames: Record<string, string> = {
  EOF: "the end of the expression",
  IDENTIFIER: "a name",
  LPAREN: "(",
  RPAREN: ")",
  LBRACKET: "[",
  RBRACKET: "]",
  LBRACE: "{",
  RBRACE: "}",
  COMMA: ",",
  COLON: ":",
  DOT: ".",
};

function readable(fault: ParserFault): string {
  if (fault.code === "limit_exceeded") return "the expression is too long or too deeply nested";
  const text = fault.summary.replace(/\b[A-Z]{3,}\b/g, (token) => tokenNames[token] ?? token.toLowerCase());
  return text.charAt(0).toLowerCase() + text.slice(1);
}
