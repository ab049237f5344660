import * as z from "zod";
import { alertKinds, alertStates } from "#lib/shared/alert-types.ts";
import { idSchema, listOf, nameSchema, pageFields, reasonSchema, timeSchema } from "../schemas.ts";

const urlSchema = z
  .string()
  .trim()
  .max(2_000)
  .refine(
    (text) => URL.canParse(text) && ["http:", "https:"].includes(new URL(text).protocol),
    "must be an address such as https://example.com/hook",
  )
  .refine((text) => !URL.canParse(text) || new URL(text).username === "", "must not hold a user name; a signature tells who calls");

const toSchema = z
  .array(z.email("must be a mail address such as ops@example.com").max(254))
  .min(1, "name at least one mail address")
  .max(20);

export const createChannelSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("webhook"), name: nameSchema, url: urlSchema }),
  /** The address of an incoming webhook of Slack, or of what speaks as it does. */
  z.strictObject({ kind: z.literal("slack"), name: nameSchema, url: urlSchema }),
  z.strictObject({ kind: z.literal("email"), name: nameSchema, to: toSchema }),
]);
export type CreateChannelInput = z.output<typeof createChannelSchema>;

export const changeChannelSchema = z.strictObject({
  name: nameSchema.optional(),
  /** Another address, of a webhook or Slack. */
  url: urlSchema.optional(),
  /** Other receivers, of a mail channel. */
  to: toSchema.optional(),
  /** A new key for the signatures of a webhook; the old one ends at once. */
  newSigningKey: z.literal(true).optional(),
  enabled: z.boolean().optional(),
});
export type ChangeChannelInput = z.output<typeof changeChannelSchema> & { id: string };

const ruleFields = {
  name: nameSchema,
  /** Empty: all. */
  workflowIds: z.array(idSchema).max(200),
  /** Empty: all. */
  issueTypes: z.array(z.string().regex(/^[a-z_]{1,64}$/, "is a type of issue such as delivery")).max(50),
  criticalOnly: z.boolean(),
  kinds: z.array(z.enum(alertKinds)).min(1, "choose at least one of what happens to an issue"),
  channelIds: z.array(idSchema).min(1, "choose at least one channel").max(20),
  enabled: z.boolean(),
};

export const createRuleSchema = z.strictObject({
  ...ruleFields,
  workflowIds: ruleFields.workflowIds.default([]),
  issueTypes: ruleFields.issueTypes.default([]),
  criticalOnly: ruleFields.criticalOnly.default(true),
  kinds: ruleFields.kinds.default([...alertKinds]),
  enabled: ruleFields.enabled.default(true),
});
export type CreateRuleInput = z.output<typeof createRuleSchema>;

export const previewRuleSchema = createRuleSchema.pick({ workflowIds: true, issueTypes: true, criticalOnly: true, kinds: true });
export type PreviewRuleInput = z.output<typeof previewRuleSchema>;

export const changeRuleSchema = z.strictObject({
  ...z.strictObject(ruleFields).partial().shape,
  /** Null: no longer. */
  mute: z
    .strictObject({ until: timeSchema, reason: reasonSchema.default("") })
    .nullable()
    .optional(),
});
export type ChangeRuleInput = z.output<typeof changeRuleSchema> & { id: string };

export const listAlertsSchema = z.strictObject({
  ...pageFields,
  state: listOf(z.enum(alertStates)).optional(),
  ruleId: idSchema.optional(),
  channelId: idSchema.optional(),
  issueId: idSchema.optional(),
});
export type ListAlertsInput = z.output<typeof listAlertsSchema>;
