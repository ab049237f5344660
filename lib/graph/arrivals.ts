import * as z from "zod";

const dayMs = 86_400_000;
const monthMs = 2_678_400_000;

/** Over `trigger`, as `orderBy` is: what has the same key counts together. Absent: all events of the workflow do. */
const key = z.string().min(1).max(2_000).optional();

function duration(min: number, max: number, range: string) {
  return z.int().min(min, `must be ${range}`).max(max, `must be ${range}`);
}

const toADay = "from 100 ms to 24 hours";

/** What a batch may hold in all, as JSON text. */
export const maxBatchBytes = 10 * 1_024 * 1_024;

/** What becomes of events that come faster than there should be runs (`settings.arrivals`). */
export const arrivalsSchema = z.strictObject({
  /** One run for the last event, once no other came for `periodMs`, and `timeoutMs` after the first at the latest. */
  debounce: z.strictObject({ periodMs: duration(100, dayMs, toADay), timeoutMs: duration(100, dayMs, toADay), key }).optional(),
  /** One run for up to `maxSize` events, `timeoutMs` after the first at the latest. It sees them as `trigger.items`. */
  batch: z
    .strictObject({
      maxSize: z.int().min(2, "must be from 2 to 1000").max(1_000, "must be from 2 to 1000"),
      timeoutMs: duration(100, dayMs, toADay),
      key,
    })
    .optional(),
  /** What is above `limit` events in `perMs` is dropped, not queued. */
  limit: z
    .strictObject({
      limit: z.int().min(1, "must be from 1 to 1000000").max(1_000_000, "must be from 1 to 1000000"),
      perMs: duration(1_000, monthMs, "from 1 second to 31 days"),
      key,
    })
    .optional(),
  /** While a run of the key goes, a new event is dropped, or takes its place. */
  singleton: z.strictObject({ mode: z.enum(["skip-new", "cancel-running"]), key }).optional(),
});

export type Arrivals = z.infer<typeof arrivalsSchema>;
