import { expect, test } from "vitest";
import { soak, summaryOf } from "./soak-run.ts";

test("scenario 28: PostgreSQL restarts every 5–10 s, workers are killed and stopped and commits cut off: all runs end, the ledger is clean", async () => {
  const result = await soak({ forMs: 60_000, runs: 600, seed: Date.now() % 1_000_000, progressFloor: 0.6 });
  console.log(summaryOf(result));
  expect(result.violations).toEqual([]);
}, 400_000);
