import { defineConfig } from "vitest/config";

/** The tests of the deciding functions alone, for `npm run mutation`. */
export default defineConfig({
  test: {
    env: { LOG_LEVEL: "silent" },
    setupFiles: ["./vitest.mutation.setup.ts"],
    testTimeout: 60_000,
    include: ["lib/policies/*.test.ts", "lib/engine/decide*.test.ts"],
  },
});
