import * as z from "zod";
import type { LedgerView, SandboxTargetView } from "#lib/shared/sandbox-types.ts";
import { jsonObject, time } from "./common.ts";

const count = z.int().min(0);

export const sandboxTargetView: z.ZodType<SandboxTargetView> = z
  .object({
    name: z.string(),
    kind: z.enum(["echo", "recorder", "flaky", "slow", "rate-limited", "apply-then-drop"]),
    settings: jsonObject,
    url: z.string(),
    calls: count,
    effects: count,
  })
  .meta({ id: "SandboxTarget" });

export const ledgerView: z.ZodType<LedgerView> = z
  .object({
    calls: count,
    applied: count,
    keys: z.array(z.object({ idempotencyKey: z.string().nullable(), count, lastAppliedAt: time, lastBody: z.string().nullable() })),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: "Ledger" });
