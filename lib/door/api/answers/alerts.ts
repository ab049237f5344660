import * as z from "zod";
import {
  type AlertChannelMade,
  type AlertChannelView,
  type AlertRulePreview,
  type AlertRuleView,
  type AlertView,
  alertKinds,
  alertStates,
  type ChannelTest,
  channelKinds,
} from "#lib/shared/alert-types.ts";
import { id, time } from "./common.ts";

const channelFields = {
  id,
  name: z.string(),
  kind: z.enum(channelKinds),
  target: z.string(),
  enabled: z.boolean(),
  disabledReason: z.string().nullable(),
  failingSince: time.nullable(),
  resumeAt: time.nullable(),
  lastSuccessAt: time.nullable(),
  lastFailureAt: time.nullable(),
  lastAnswer: z.string().nullable(),
  waiting: z.int(),
};

export const alertChannel: z.ZodType<AlertChannelView> = z.object(channelFields).meta({ id: "AlertChannel" });

/** With the key a webhook's signatures are made with, told when it is made. */
export const alertChannelMade: z.ZodType<AlertChannelMade> = z
  .object({ ...channelFields, signingKey: z.string().nullable() })
  .meta({ id: "AlertChannelMade" });

export const channelTest: z.ZodType<ChannelTest> = z
  .object({ ok: z.boolean(), answer: z.string(), sent: z.string() })
  .meta({ id: "ChannelTest" });

export const alertRule: z.ZodType<AlertRuleView> = z
  .object({
    id,
    name: z.string(),
    workflows: z.array(z.object({ id, name: z.string() })),
    issueTypes: z.array(z.string()),
    criticalOnly: z.boolean(),
    kinds: z.array(z.enum(alertKinds)),
    channels: z.array(z.object({ id, name: z.string(), kind: z.enum(channelKinds), enabled: z.boolean() })),
    enabled: z.boolean(),
    mutedUntil: time.nullable(),
    muteReason: z.string(),
    mutedBy: z.string().nullable(),
    lastNotifiedAt: time.nullable(),
  })
  .meta({ id: "AlertRule" });

export const alertRulePreview: z.ZodType<AlertRulePreview> = z
  .object({
    days: z.int(),
    count: z.int(),
    latest: z.array(z.object({ kind: z.enum(alertKinds), at: time, issueId: id, title: z.string() })),
  })
  .meta({ id: "AlertRulePreview" });

export const alert: z.ZodType<AlertView> = z
  .object({
    id,
    kind: z.enum(alertKinds),
    state: z.enum(alertStates),
    attempts: z.int(),
    nextAt: time.nullable(),
    answer: z.string().nullable(),
    messageSize: z.int(),
    createdAt: time,
    sentAt: time.nullable(),
    rule: z.object({ id, name: z.string() }),
    channel: z.object({ id, name: z.string(), kind: z.enum(channelKinds) }),
    issue: z.object({ id, title: z.string(), type: z.string(), workflowName: z.string().nullable() }),
  })
  .meta({ id: "Alert" });
