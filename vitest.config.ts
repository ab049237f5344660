import { readFileSync } from "node:fs";
import { glob } from "node:fs/promises";
import { basename } from "node:path";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const crash = "{lib,bin,bench}/**/*.crash.test.ts";

/** Whether a test needs a real PostgreSQL: it imports a `testing` helper, or starts an embedded server itself. */
function needsDatabase(file: string): boolean {
  return /from "[^"]*(\/testing|embedded|postmaster)[^"]*"/.test(readFileSync(file, "utf8"));
}

const files = await Array.fromAsync(glob("{lib,bin,components,bench}/**/*.test.{ts,tsx}", { exclude: ["**/node_modules/**", crash] }));
const database = files.filter(needsDatabase);
const pure = files.filter((file) => !database.includes(file));

const longest = ["soak.crash", "kill-nine.crash", "stopped-workers.crash", "throttle", "supervisor", "recovery", "breaker", "deadline"];

/** What takes longest begins first, so that nobody waits for it alone in the end. All others go by their size. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const found = longest.indexOf(basename(moduleId, ".test.ts"));
      return found === -1 ? longest.length : found;
    };
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}

// The files of a worker share their modules: importing them anew for each took half of the time. A test that changes what is global
// (a spy, a clock) takes it back.
const shared = { env: { LOG_LEVEL: "silent" }, pool: "forks" as const, isolate: false };
const withDatabase = { ...shared, globalSetup: ["lib/db/testing-setup.ts"], hookTimeout: 120_000, retry: process.env.CI ? 1 : 0 };

// Tests with a database wait more than they reckon, crash tests two thirds of their time: more run at a time than there are cores. One group
// after the other:
// what is killed and timed needs the machine to itself.
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      { test: { ...shared, name: "pure", include: pure, maxWorkers: 2, sequence: { groupOrder: 0 } } },
      { test: { ...withDatabase, name: "database", include: database, testTimeout: 60_000, maxWorkers: 4, sequence: { groupOrder: 1 } } },
      { test: { ...withDatabase, name: "crash", include: [crash], testTimeout: 300_000, maxWorkers: 4, sequence: { groupOrder: 2 } } },
    ],
  },
});
