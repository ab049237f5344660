import * as z from "zod";
import { documentSchema, elementIdSchema, nodeSchema } from "#lib/graph/document.ts";
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

const guardSchema = z.strictObject({
  enabled: z.boolean().default(true),
  /** Ended runs of the version under trial before it is judged. */
  minRuns: z.int().min(1).max(100_000).default(20),
  /** Percentage points its failure rate may lie above the live version's. */
  maxExcess: z.int().min(0).max(100).default(5),
});

export const rollOutSchema = z.strictObject({
  version: z.int().min(1).max(2_147_483_647),
  /** Of new events. 100 makes the version live, 0 ends its trial. */
  percent: z.int().min(0).max(100),
  /** Keeps the rollout and sends nothing to it. */
  paused: z.boolean().default(false),
  guard: guardSchema.optional(),
  reason: reasonSchema.optional(),
});
export type RollOutInput = z.output<typeof rollOutSchema> & { id: string };

export const publishWorkflowSchema = z.strictObject({
  note: z.string().trim().max(2_000).default(""),
  /** Given: publish only if the draft is still the one that was looked at. */
  revision: z.int().min(1).optional(),
  /** Given: the version takes this share of new events beside the live one. Absent: it becomes the live one at once. */
  rollout: z.strictObject({ percent: z.int().min(1).max(99), guard: guardSchema.optional() }).optional(),
});
export type PublishWorkflowInput = z.output<typeof publishWorkflowSchema> & { id: string };

export const versionParamsSchema = z.strictObject({ ...byIdSchema.shape, version: z.coerce.number().int().min(1).max(2_147_483_647) });
export const rollBackSchema = z.strictObject({ version: z.int().min(1).max(2_147_483_647) });
export const pauseSchema = z.strictObject({ reason: reasonSchema.optional() });

export const nodeParamsSchema = z.strictObject({ ...byIdSchema.shape, nodeId: elementIdSchema });
export type NodeParams = z.output<typeof nodeParamsSchema>;

export const checkDuplicateSchema = z.strictObject({
  /** What the key's expression gave. */
  key: z.json(),
  scope: z.enum(["node", "workflow", "connection"]).default("node"),
  connectionId: idSchema.nullable().default(null),
});
export type CheckDuplicateInput = z.output<typeof checkDuplicateSchema> & NodeParams;

export const resetPollSchema = z.strictObject({
  /** now: what is there starts nothing. beginning: all of it starts runs once more. */
  from: z.enum(["now", "beginning"]),
});
export type ResetPollInput = z.output<typeof resetPollSchema> & NodeParams;
