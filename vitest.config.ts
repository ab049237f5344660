import { readFileSync } from "node:fs";
import { glob } from "node:fs/promises";
import { defineConfig } from "vitest/config";

const crash = "{lib,bin,bench}/**/*.crash.test.ts";

/** Whether a test needs a real PostgreSQL: it imports a `testing` helper, or starts an embedded server itself. */
function needsDatabase(file: string): boolean {
  return /from "[^"]*(\/testing|embedded|postmaster)[^"]*"/.test(readFileSync(file, "utf8"));
}

const files = await Array.fromAsync(glob("{lib,bin,components,bench}/**/*.test.{ts,tsx}", { exclude: ["**/node_modules/**", crash] }));
const database = files.filter(needsDatabase);
const pure = files.filter((file) => !database.includes(file));

// The files of a worker share their modules: importing them anew for each took half of the time. A test that changes what is global
// (a spy, a clock) takes it back.
const shared = { env: { LOG_LEVEL: "silent" }, pool: "forks" as const, isolate: false };
const withDatabase = { ...shared, globalSetup: ["lib/db/testing-setup.ts"], hookTimeout: 120_000, retry: process.env.CI ? 1 : 0 };

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      { test: { ...shared, name: "pure", include: pure } },
      { test: { ...withDatabase, name: "database", include: database, testTimeout: 15_000 } },
      { test: { ...withDatabase, name: "crash", include: [crash], testTimeout: 300_000 } },
    ],
  },
});
