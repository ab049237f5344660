import { parseArgs } from "node:util";
import { soak, summaryOf } from "./soak-run.ts";

/* npm run soak -- --minutes 5 [--runs 5000] [--seed 1] */
const { values } = parseArgs({ options: { minutes: { type: "string" }, runs: { type: "string" }, seed: { type: "string" } } });
const minutes = Number(values.minutes ?? 5);
const runs = Number(values.runs ?? minutes * 1_000);
const seed = Number(values.seed ?? Date.now() % 1_000_000);
if (!(minutes > 0 && minutes <= 60 && runs > 0 && Number.isInteger(seed))) {
  console.error("usage: npm run soak -- [--minutes 1–60] [--runs N] [--seed N]");
  process.exit(2);
}
console.log(`soak: ${runs} runs in ${minutes} min, seed ${seed}`);
const result = await soak({ forMs: minutes * 60_000, runs, seed, progressFloor: 0.6 });
console.log(summaryOf(result));
process.exitCode = result.violations.length === 0 ? 0 : 1;
