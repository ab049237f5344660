/** Why an expression could not be read or worked out. */
export type ExpressionErrorCode = "syntax" | "unknown_name" | "unknown_function" | "missing_path" | "type" | "not_finite" | "limit";

export interface ExpressionErrorOptions {
  source?: string;
  /** Offset into `source`; null when it cannot be told. */
  position?: number | null;
  cause?: unknown;
}

/** A fault of an expression or of the data it met, told in words a person can act on. */
export class ExpressionError extends Error {
  readonly code: ExpressionErrorCode;
  readonly source: string;
  readonly position: number | null;

  constructor(code: ExpressionErrorCode, message: string, options: ExpressionErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = "ExpressionError";
    this.code = code;
    this.source = options.source ?? "";
    this.position = options.position ?? null;
  }
}
