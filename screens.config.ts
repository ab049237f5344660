import { defineConfig } from "@playwright/test";
import base from "./playwright.config.ts";

/** `npm run screens`: every screen as a picture, all of one workspace, so one after the other. */
export default defineConfig(base, {
  testDir: "e2e/pictures",
  testMatch: "*.pictures.ts",
  globalSetup: "./e2e/fixtures/prepare.ts",
  outputDir: "test-results/pictures",
  workers: 1,
  retries: 1,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  use: { actionTimeout: 15_000, trace: "off", timezoneId: "UTC", locale: "en-GB", contextOptions: { reducedMotion: "reduce" } },
});
