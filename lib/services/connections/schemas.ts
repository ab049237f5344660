import * as z from "zod";
import { checkExpression } from "#lib/expressions/check.ts";
import { secretFieldsOf as calledSecretFields, connectionKinds } from "#lib/shared/credentials.ts";
import { nameSchema, pageFields, searchSchema } from "../schemas.ts";

/** `secret` is a shared secret that others sign with; it is never sent anywhere. */
export const kinds = [...connectionKinds, "secret"] as const;
export type Kind = (typeof kinds)[number];

/** Which secret fields a kind has. */
export function secretFieldsOf(kind: Kind): readonly string[] {
  return kind === "secret" ? ["secret"] : calledSecretFields[kind];
}

const baseUrlSchema = z
  .url({ protocol: /^https?$/, error: "must be an http or https address" })
  .max(2_000)
  .refine((text) => {
    const url = URL.parse(text);
    return url !== null && url.username === "" && url.password === "" && url.hash === "";
  }, "must hold no user, password or #fragment; give the credential as a secret");

const hostSchema = z
  .string()
  .trim()
  .toLowerCase()
  .max(260)
  .regex(/^(\*\.)?([a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])(:\d{1,5})?$/, "must be a host, host:port, or *.domain");

const windowSchema = z.strictObject({
  limit: z.int().min(1).max(1_000_000),
  perMs: z
    .int()
    .min(100)
    .max(31 * 86_400_000),
});

const limitsSchema = z.strictObject({
  windows: z.array(windowSchema).max(5).default([]),
  concurrency: z.int().min(1).max(10_000).nullable().default(null),
  /** The share of the connection's limits that is used, typed and learned. Absent: all of what is typed, 0.9 of what is learned. */
  headroom: z.number().min(0.01).max(1).optional(),
  /** A condition over `response`: the remote refuses a call for being too fast, although its status is not 429. */
  throttledWhen: z.string().min(1).max(20_000).superRefine(checkRule).optional(),
  /** Whom a pause binds that the remote asks for without naming a limit. Absent: the connection. */
  retryAfterScope: z.enum(["key", "connection"]).optional(),
});

function checkRule(rule: string, context: z.RefinementCtx): void {
  const known = { names: ["response"], steps: new Set<string>(), allSteps: new Set<string>() };
  for (const problem of checkExpression(rule, known)) context.addIssue({ code: "custom", message: problem.message });
}

const fieldName = z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/);

/** Write-only: no answer ever holds one of these values. */
const secretsSchema = z.record(fieldName, z.string().min(1).max(16_384));

/** Below the base URL: a path, and no way to another host. */
const healthPathSchema = z
  .string()
  .max(2_000)
  .regex(/^\/(?!\/)[^\s\\]*$/, "must be a path that begins with one /");

export const createConnectionSchema = z.strictObject({
  name: nameSchema,
  kind: z.enum(kinds).default("none"),
  baseUrl: baseUrlSchema.nullable().default(null),
  /** Hosts besides the base URL's that may receive the credential. */
  allowedHosts: z.array(hostSchema).max(50).default([]),
  /** Non-secret fields: `username` of basic, `headerName` of header, whatever expressions want to see. */
  fields: z.record(fieldName, z.json()).default({}),
  limits: limitsSchema.default({ windows: [], concurrency: null }),
  /** Asked with a GET whether the remote is well again, when only calls wait that must not be repeated. */
  healthPath: healthPathSchema.nullable().default(null),
  secrets: secretsSchema.default({}),
});
export type CreateConnectionInput = z.output<typeof createConnectionSchema>;

export const updateConnectionSchema = z.strictObject({
  name: nameSchema.optional(),
  baseUrl: baseUrlSchema.nullable().optional(),
  allowedHosts: z.array(hostSchema).max(50).optional(),
  fields: z.record(fieldName, z.json()).optional(),
  limits: limitsSchema.optional(),
  healthPath: healthPathSchema.nullable().optional(),
  /** True: no step may use it until somebody sets it to false. Steps that want to wait. */
  isolated: z.boolean().optional(),
  secrets: secretsSchema.optional(),
});
export type UpdateConnectionInput = z.output<typeof updateConnectionSchema> & { id: string };

export const isolateConnectionSchema = z.strictObject({
  /** Whoever meets a waiting step reads it. */
  reason: z.string().trim().min(1).max(500),
});
export type IsolateConnectionInput = z.output<typeof isolateConnectionSchema> & { id: string };

export const rotateConnectionSchema = z.strictObject({
  secrets: secretsSchema.refine((secrets) => Object.keys(secrets).length > 0, "give at least one"),
  /** For how long what others sign with the old value is still believed. */
  keepOldForMs: z
    .int()
    .min(0)
    .max(7 * 86_400_000)
    .default(0),
});
export type RotateConnectionInput = z.output<typeof rotateConnectionSchema> & { id: string };

export const testConnectionSchema = z.strictObject({
  /** Below the base URL; absent: the base URL itself. */
  path: z.string().max(2_000).optional(),
});
export type TestConnectionInput = z.output<typeof testConnectionSchema> & { id: string };

export const listConnectionsSchema = z.strictObject({ ...pageFields, q: searchSchema.optional() });
export type ListConnectionsInput = z.output<typeof listConnectionsSchema>;
