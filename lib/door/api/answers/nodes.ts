import * as z from "zod";
import type { DuplicateCheck, NodeFigures } from "#lib/shared/api-nodes.ts";
import { id, time } from "./common.ts";

const count = z.int().min(0);

export const nodeFigures: z.ZodType<NodeFigures> = z
  .object({
    from: time,
    runs: count,
    steps: count,
    complete: z.boolean(),
    invalid: count,
    waited: count,
    waiting: count,
    waitingSince: time.nullable(),
    turnedAway: count,
    retried: count,
    duplicates: count,
    breakerOpened: count,
    breakerOpenUntil: time.nullable(),
    deadLettered: count,
  })
  .meta({ id: "NodeFigures" });

const earlierCall = z.object({
  state: z.enum(["done", "failed", "under-way", "unknown", "free"]),
  runId: id,
  firstSeenAt: time,
  expiresAt: time,
});

export const duplicateCheck: z.ZodType<DuplicateCheck> = z
  .union([z.object({ problem: z.string() }), z.object({ problem: z.null(), key: z.string(), earlier: earlierCall.nullable() })])
  .meta({ id: "DuplicateCheck" });
