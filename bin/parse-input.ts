import type * as z from "zod";
import { UsageError } from "./command.ts";

/** Checks what a command was given with the schema the API uses; what is wrong is wrong usage. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, given: unknown): z.output<Schema> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => [issue.path.join("."), issue.message].filter((part) => part !== "").join(": "));
  throw new UsageError(lines.join("\n  "));
}
