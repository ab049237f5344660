import * as z from "zod";
import { presences } from "#lib/shared/inbox-types.ts";
import { issueStatuses } from "#lib/shared/statuses.ts";
import { idSchema, listOf, pageFields, searchSchema, timeSchema } from "../schemas.ts";

export const listIssuesSchema = z.strictObject({
  ...pageFields,
  status: listOf(z.enum(issueStatuses)).optional(),
  /** `me`, `none`, or the id of a member. */
  assignee: z.string().max(64).optional(),
  workflowId: idSchema.optional(),
  q: searchSchema.optional(),
  /** Beside those of `status`: what resolved itself and still has open items. */
  withLeftItems: z.literal("true").optional(),
  /** `trend`: how many more in the last day than in the day before. */
  sort: z.enum(["lastSeen", "firstSeen", "count", "trend"]).default("lastSeen"),
});
export type ListIssuesInput = z.output<typeof listIssuesSchema>;

/** When a snoozed issue comes back: at whichever of these comes first. */
const snoozeSchema = z
  .strictObject({
    until: timeSchema.optional(),
    /** So many more failures. */
    moreItems: z.int().min(1).max(1_000_000).optional(),
    ratePerMinute: z.number().min(0.2).max(1_000_000).optional(),
    /** As soon as a newer version is live. */
    newerVersion: z.literal(true).optional(),
    reason: z.string().trim().max(500).optional(),
  })
  .refine(
    ({ reason: _, ...ends }) => Object.keys(ends).length > 0,
    "say when it comes back: until, moreItems, ratePerMinute or newerVersion",
  );

const changeFields = {
  status: z.enum(issueStatuses).optional(),
  /** Null: nobody. */
  assigneeId: z.string().max(64).nullable().optional(),
  /** Needed with the status `snoozed`. */
  snooze: snoozeSchema.optional(),
  /** With the status `resolved`: what comes of the version that is live now, or an older one, does not bring it back. */
  inNextVersion: z.boolean().optional(),
  note: z.string().max(20_000).optional(),
};

interface Change {
  status?: string | undefined;
  snooze?: object | undefined;
  inNextVersion?: boolean | undefined;
}
const snoozeFits = (change: Change) => (change.status === "snoozed") === (change.snooze !== undefined);
const snoozeProblem = { path: ["snooze"], error: "goes together with the status snoozed" };
const nextFits = (change: Change) => change.inNextVersion !== true || change.status === "resolved";
const nextProblem = { path: ["inNextVersion"], error: "goes together with the status resolved" };

export const updateIssueSchema = z.strictObject(changeFields).refine(snoozeFits, snoozeProblem).refine(nextFits, nextProblem);
export type IssueChange = z.output<typeof updateIssueSchema>;
export type UpdateIssueInput = IssueChange & { id: string };

export const updateIssuesSchema = z
  .strictObject({ ids: z.array(idSchema).min(1).max(500), ...changeFields })
  .refine(snoozeFits, snoozeProblem)
  .refine(nextFits, nextProblem);
export type UpdateIssuesInput = z.output<typeof updateIssuesSchema>;

export const presenceSchema = z.strictObject({
  /** What the caller is at now. Said again every 20 seconds; who is not heard of for 45 counts as gone. */
  doing: z.enum(presences),
});
export type PresenceInput = z.output<typeof presenceSchema> & { id: string };

export const mergeIssueSchema = z.strictObject({
  /** The issue that takes over what this one counts. */
  into: idSchema,
});

export const splitIssueSchema = z.strictObject({
  /** An item that is of another cause than the rest; items like it go with it. */
  deadLetterId: idSchema,
});
