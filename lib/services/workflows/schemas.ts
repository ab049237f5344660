import * as z from "zod";
import { documentSchema, nodeSchema } from "#lib/graph/document.ts";
import { byIdSchema, idSchema, listOf, nameSchema, pageFields, reasonSchema, searchSchema } from "../schemas.ts";

const anyObject = z.record(z.string(), z.unknown());

/**
 * A draft is a document somebody is in the middle of: its shape must hold, its settings may be out of range. Those are told as
 * problems, which block publishing; refusing to save would lose what was typed.
 */
export const draftSchema = z.strictObject({
  ...documentSchema.shape,
  nodes: z.array(z.strictObject({ ...nodeSchema.shape, name: z.string().max(1_000), policy: anyObject.default({}) })).max(500),
  settings: anyObject.default({}),
});

export const createWorkflowSchema = z
  .strictObject({ name: nameSchema, templateId: z.string().max(100).optional(), document: draftSchema.optional() })
  .refine((input) => input.templateId === undefined || input.document === undefined, {
    path: ["document"],
    error: "give a template or a document, not both",
  });
export type CreateWorkflowInput = z.output<typeof createWorkflowSchema>;

export const workflowStates = ["draft", "live", "paused", "archived"] as const;

export const listWorkflowsSchema = z.strictObject({
  ...pageFields,
  q: searchSchema.optional(),
  /** Absent: all but the archived ones. */
  state: listOf(z.enum(workflowStates)).optional(),
  connectionId: idSchema.optional(),
});
export type ListWorkflowsInput = z.output<typeof listWorkflowsSchema>;

export const renameWorkflowSchema = z.strictObject({ name: nameSchema });
export type RenameWorkflowInput = z.output<typeof renameWorkflowSchema> & { id: string };

export const saveDraftSchema = z.strictObject({ document: draftSchema, revision: z.int().min(1) });
export type SaveDraftInput = z.output<typeof saveDraftSchema> & { id: string };

export const validateWorkflowSchema = z.strictObject({ document: draftSchema });
export type ValidateWorkflowInput = z.output<typeof validateWorkflowSchema> & { id: string };

export const publishWorkflowSchema = z.strictObject({
  note: z.string().trim().max(2_000).default(""),
  /** Given: publish only if the draft is still the one that was looked at. */
  revision: z.int().min(1).optional(),
});
export type PublishWorkflowInput = z.output<typeof publishWorkflowSchema> & { id: string };

export const versionParamsSchema = z.strictObject({ ...byIdSchema.shape, version: z.coerce.number().int().min(1).max(2_147_483_647) });
export const rollBackSchema = z.strictObject({ version: z.int().min(1).max(2_147_483_647) });
export const pauseSchema = z.strictObject({ reason: reasonSchema.optional() });
