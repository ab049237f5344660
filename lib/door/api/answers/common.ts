import * as z from "zod";
import type { ApiError, DocumentProblem, Page } from "#lib/shared/api-types.ts";
import { failureClasses, runStatuses } from "#lib/shared/statuses.ts";

/*
 * What the API answers, as schemas, for the OpenAPI document and for the test that every answer keeps to it. The types are those of
 * lib/shared/api-types.ts: a schema that says something else does not compile.
 */

export const id = z.uuid();
export const time = z.iso.datetime();
export const json = z.json();
export const jsonObject = z.record(z.string(), z.json());
export const runStatus = z.enum(runStatuses);
export const failureClass = z.enum(failureClasses);

/** One page of a list. */
export function pageOf<T>(item: z.ZodType<T>): z.ZodType<Page<T>> {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}

export const problemSchema: z.ZodType<ApiError> = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string(),
    requestId: z.string(),
    problems: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: "Problem" }) as z.ZodType<ApiError>; // safe: optional means absent in JSON, which the compiler's exact optional cannot express in zod

export const documentProblemSchema: z.ZodType<DocumentProblem> = z
  .object({
    path: z.string(),
    message: z.string(),
    severity: z.enum(["error", "warning"]),
    nodeId: z.string().nullable(),
    rule: z.string().optional(),
  })
  .meta({ id: "DocumentProblem" });

export const runRef = z.object({ runId: id }).meta({ id: "RunRef" });
