import AxeBuilder from "@axe-core/playwright";
import { expect } from "@playwright/test";
import { test } from "../fixtures/test.ts";

const screens = [
  "/workflows",
  "/runs",
  "/inbox",
  "/approvals",
  "/connections",
  "/sandbox",
  "/settings/profile",
  "/settings/tokens",
  "/settings/members",
  "/settings/audit",
];

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`in the ${colorScheme} theme`, () => {
    test.use({ colorScheme });

    test("check 25 (part): no screen has a serious accessibility fault, and none scrolls sideways on a phone", async ({ page }) => {
      test.setTimeout(180_000); // every screen twice, and each is searched whole
      for (const path of screens) {
        await page.setViewportSize({ width: 1440, height: 900 });
        await page.goto(path);
        await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
        const { violations } = await new AxeBuilder({ page }).analyze();
        const serious = violations.filter((violation) => violation.impact === "serious" || violation.impact === "critical");
        expect(serious.map((violation) => `${path}: ${violation.id} ${violation.nodes[0]?.html}`)).toEqual([]);
        await page.setViewportSize({ width: 390, height: 800 });
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        expect(overflow, `${path} is wider than a phone`).toBeLessThanOrEqual(0);
      }
    });
  });
}

test("a stranger is sent to sign in, and lands on the page asked for with its filters", async ({ browser, baseURL, ownerState: _ }) => {
  const context = await browser.newContext({ ...(baseURL ? { baseURL } : {}), storageState: { cookies: [], origins: [] } });
  const page = await context.newPage();
  await page.goto("/runs?status=failed");
  await page.getByLabel("E-mail").fill("ada@example.com");
  await page.getByRole("textbox", { name: "Password" }).fill("wrong password here");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert").first()).toBeVisible();
  await page.getByRole("textbox", { name: "Password" }).fill("correct horse battery staple");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/runs\?status=failed/);
  await context.close();
});
