import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["lib/**/*.test.{ts,tsx}", "bin/**/*.test.ts", "components/**/*.test.{ts,tsx}"],
    globalSetup: ["lib/db/testing-setup.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 15_000,
    hookTimeout: 120_000,
    env: { LOG_LEVEL: "silent" },
  },
});
