import * as z from "zod";
import { roles } from "#lib/services/permissions.ts";
import type {
  AuditEntry,
  ConnectionTest,
  ConnectionView,
  MemberView,
  SessionView,
  TokenCreated,
  TokenView,
} from "#lib/shared/api-types.ts";
import type { ConnectionLimitState } from "#lib/shared/connection-limits.ts";
import { id, jsonObject, time } from "./common.ts";

const role = z.enum(roles);

const connectionLimitState: z.ZodType<ConnectionLimitState> = z.object({
  blockedUntil: time.nullable(),
  waitingCalls: z.int(),
  windows: z.array(z.object({ limit: z.int(), perMs: z.int(), usable: z.int() })),
  learned: z.array(
    z.object({
      policy: z.string(),
      limit: z.int(),
      perMs: z.int().nullable(),
      perKey: z.boolean(),
      nodes: z.int(),
      learnedAt: time,
      blockedUntil: time.nullable(),
    }),
  ),
});

export const connectionView: z.ZodType<ConnectionView> = z
  .object({
    id,
    name: z.string(),
    kind: z.string(),
    baseUrl: z.string().nullable(),
    allowedHosts: z.array(z.string()),
    fields: jsonObject,
    limits: jsonObject,
    limitState: connectionLimitState,
    secrets: z.array(z.object({ field: z.string(), hint: z.string(), version: z.int() })),
    status: z.enum(["untested", "ok", "failing", "isolated"]),
    isolatedReason: z.string().nullable(),
    authFailedAt: time.nullable(),
    waitingRuns: z.int(),
    healthPath: z.string().nullable(),
    usedBy: z.array(z.object({ workflowId: id, name: z.string() })),
    createdAt: time,
    updatedAt: time,
    lastUsedAt: time.nullable(),
    lastTestedAt: time.nullable(),
  })
  .meta({ id: "Connection" });

export const connectionTest: z.ZodType<ConnectionTest> = z
  .object({ ok: z.boolean(), status: z.int().nullable(), message: z.string() })
  .meta({ id: "ConnectionTest" });

const tokenFields = {
  id,
  name: z.string(),
  hint: z.string(),
  scopes: z.array(z.string()),
  createdBy: z.string().nullable(),
  createdAt: time,
  expiresAt: time.nullable(),
  lastUsedAt: time.nullable(),
};
export const tokenView: z.ZodType<TokenView> = z.object(tokenFields).meta({ id: "Token" });
export const tokenCreated: z.ZodType<TokenCreated> = z.object({ ...tokenFields, token: z.string() }).meta({ id: "TokenCreated" });

export const memberView: z.ZodType<MemberView> = z
  .object({ userId: z.string(), name: z.string(), email: z.string(), role, createdAt: time })
  .meta({ id: "Member" });

export const auditEntry: z.ZodType<AuditEntry> = z
  .object({
    id,
    at: time,
    actor: z.string(),
    action: z.string(),
    entityType: z.string(),
    entityId: z.string(),
    entityName: z.string().nullable(),
    issueId: id.nullable(),
    details: jsonObject,
  })
  .meta({ id: "AuditEntry" });

export const sessionView: z.ZodType<SessionView> = z
  .object({
    user: z.object({ id: z.string(), name: z.string(), email: z.string() }),
    role,
    permissions: z.array(z.string()),
    workspace: z.object({ id, name: z.string() }),
    baseUrl: z.string(),
    retentionDays: z.int(),
  })
  .meta({ id: "Session" });
