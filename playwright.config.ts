import { existsSync } from "node:fs";
import { defineConfig, devices } from "@playwright/test";
import { chromiumArguments } from "./e2e/fixtures/chromium-arguments.ts";

// The bootstrap names the browser it found; a plain `npx playwright test` looks in the usual place.
const usual = "/usr/bin/chromium";
const executablePath = process.env.SLUICE_CHROMIUM || (existsSync(usual) ? usual : undefined);

// Each test worker starts a Sluice of its own: e2e/fixtures/server.ts.
export default defineConfig({
  testDir: "e2e",
  testMatch: "**/*.spec.ts",
  globalSetup: "./e2e/fixtures/prepare.ts",
  outputDir: "test-results",
  // One more than cores: each waits for its server as long as it reckons.
  workers: 3,
  fullyParallel: false,
  forbidOnly: true,
  // A machine that stalls for a moment fails no build; what passed only when repeated is counted in the last line.
  retries: process.env.CI ? 1 : 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: "list",
  use: {
    ...devices["Desktop Chrome"],
    viewport: { width: 1440, height: 900 },
    screenshot: "only-on-failure",
    // Recording every test takes a good part of the time; what fails in CI is recorded when it is repeated.
    trace: process.env.CI ? "on-first-retry" : "retain-on-failure",
    launchOptions: {
      ...(executablePath === undefined ? {} : { executablePath }),
      args: chromiumArguments,
    },
  },
});
