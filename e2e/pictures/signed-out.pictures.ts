import { expect } from "@playwright/test";
import { open, picture } from "./picture.ts";
import { test } from "./workspace.ts";

test.use({ storageState: { cookies: [], origins: [] } });

picture("sign-in", ({ page }) => open(page, "/sign-in"), { important: true });

picture("sign-in-refused", async ({ page }) => {
  await open(page, "/sign-in");
  await page.getByLabel("E-mail").fill("ada@example.com");
  await page.getByRole("textbox", { name: "Password" }).fill("a wrong password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert").first()).toBeVisible();
});
