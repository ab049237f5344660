/** npm run mutation: how much of a change to what decides (lib/policies, lib/engine/decide) the tests would notice. */
export default {
  mutate: ["lib/policies/*.ts", "lib/engine/decide*.ts", "!**/*.test.ts"],
  plugins: ["@stryker-mutator/vitest-runner"],
  testRunner: "vitest",
  vitest: { configFile: "vitest.mutation.config.ts" },
  // It would be rewritten with an API that TypeScript 7 no longer has, and nothing here is compiled by it.
  tsconfigFile: "none",
  coverageAnalysis: "perTest",
  // Constants are evaluated once a process: such a mutant costs a whole run of all tests.
  ignoreStatic: true,
  concurrency: 2,
  timeoutMS: 20_000,
  reporters: ["clear-text", "json"],
  jsonReporter: { fileName: ".cache/mutation.json" },
  clearTextReporter: { allowEmojis: false, logTests: false, reportTests: false, reportScoreTable: false, allowColor: false },
  // What `low` says holds for each file: bin/dev/mutation.ts sees to that.
  thresholds: { high: 90, low: 85, break: null },
  tempDirName: ".cache/stryker",
  // What no test of these needs is not copied.
  ignorePatterns: [
    "/app",
    "/components",
    "/e2e",
    "/docs",
    "/.node",
    "/.next",
    "/.data",
    "/bench",
    "/prisma",
    "/lib/db",
    "/lib/door",
    "/lib/services",
  ],
  allowConsoleColors: false,
};
