import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, rm } from "node:fs/promises";
import stryker from "../../stryker.config.mjs";
import { reportSchema, scoresOf, tableOf } from "./mutation-scores.ts";

/*
 * npm run mutation [-- arguments of Stryker]: changes what decides, one place at a time, and looks whether a test notices. Fails
 * when of any one file too few changes are noticed; Stryker's own threshold knows the sum only.
 */

const least = stryker.thresholds.low;
const { fileName } = stryker.jsonReporter;

await rm(fileName, { force: true });
const child = spawn("stryker", ["run", ...process.argv.slice(2)], { stdio: "inherit" });
const [code] = await once(child, "exit");
if (code !== 0) process.exit(typeof code === "number" ? code : 1);
const scores = scoresOf(reportSchema.parse(JSON.parse(await readFile(fileName, "utf8"))));
console.log(`\n${tableOf(scores, least)}`);
const below = scores.filter(({ score }) => score < least);
if (below.length > 0) {
  console.error(`\nbelow ${least} %: ${below.map(({ file }) => file).join(", ")}. Each change that was missed is listed above.`);
  process.exit(1);
}
