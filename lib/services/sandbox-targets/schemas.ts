import * as z from "zod";
import type { SandboxTargetView } from "#lib/shared/sandbox-types.ts";
import { pageFields } from "../schemas.ts";

export const sandboxKinds = [
  "echo",
  "recorder",
  "flaky",
  "slow",
  "rate-limited",
  "apply-then-drop",
] as const satisfies readonly SandboxTargetView["kind"][];

/** The name is part of an address: `/sandbox/<name>/…`. */
const targetNameSchema = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/, "1–64 lower-case letters, digits and hyphens");

export const sandboxTargetParamsSchema = z.strictObject({ name: targetNameSchema });

/** What a target does. What its kind does not use is kept, and without effect. */
export const sandboxSettingsSchema = z.strictObject({
  /** Of `flaky`: so many calls fail, counted from when the target was put. */
  failTimes: z.int().min(0).max(1_000_000).optional(),
  /** Of `flaky`: this share of calls fails, by chance but the same for the same seed. */
  failRatio: z.number().min(0).max(1).optional(),
  seed: z.int().optional(),
  /** Of `flaky`: what a failed call is answered with. */
  status: z.int().min(400).max(599).optional(),
  /** Of `slow`. */
  delayMs: z.int().min(0).max(120_000).optional(),
  /** Of `rate-limited`: so many calls in any `perMs`. */
  limit: z.int().min(1).max(1_000).optional(),
  perMs: z.int().min(100).max(3_600_000).optional(),
});
export type SandboxSettings = z.output<typeof sandboxSettingsSchema>;

export const putSandboxTargetSchema = z.strictObject({ kind: z.enum(sandboxKinds), ...sandboxSettingsSchema.shape });
export type PutSandboxTargetInput = z.output<typeof putSandboxTargetSchema> & z.output<typeof sandboxTargetParamsSchema>;

export const sandboxLedgerSchema = z.strictObject({ ...pageFields });
export type SandboxLedgerInput = z.output<typeof sandboxLedgerSchema> & z.output<typeof sandboxTargetParamsSchema>;
