import { expect } from "@playwright/test";
import { open, picture } from "./picture.ts";

picture("workflows", ({ page }) => open(page, "/workflows"), { important: true });

picture("workflows-new", async ({ page }) => {
  await page.goto("/workflows?new=true");
  await expect(page.getByRole("dialog")).toBeVisible();
});

picture("workflows-nothing-matches", ({ page }) => open(page, "/workflows?q=warehouse+of+dreams"));

picture("search", async ({ page }) => {
  await open(page, "/workflows");
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog", { name: "Search and commands" }).getByRole("combobox").fill("de");
});

picture("shortcuts", async ({ page }) => {
  await open(page, "/runs");
  await page.keyboard.press("Shift+?");
  await expect(page.getByRole("dialog")).toBeVisible();
});

picture(
  "navigation",
  async ({ page }) => {
    await open(page, "/workflows");
    await page.getByRole("button", { name: "Navigation" }).click();
  },
  { only: [390] },
);

picture("approvals", ({ page }) => open(page, "/approvals"));

picture("approval", async ({ page }) => {
  await open(page, "/approvals");
  await page
    .getByRole("link", { name: /^Refund/ })
    .first()
    .click();
  await expect(page.getByRole("button", { name: "Approve" })).toBeVisible();
});

picture("connections", ({ page }) => open(page, "/connections"), { important: true });

picture("connections-edit", async ({ page }) => {
  await open(page, "/connections");
  await page
    .getByRole("link", { name: "Payments" })
    .or(page.getByRole("button", { name: "Payments" }))
    .first()
    .click();
  await expect(page.getByRole("dialog")).toBeVisible();
});

picture("connections-new", async ({ page }) => {
  await open(page, "/connections");
  await page.getByRole("button", { name: "New connection" }).first().click();
  await expect(page.getByRole("dialog")).toBeVisible();
});

picture("sandbox", ({ page }) => open(page, "/sandbox"));

picture("sandbox-ledger", async ({ page }) => {
  await open(page, "/sandbox?target=ledger");
});

picture("deliveries", async ({ page, workflows }) => open(page, `/workflows/${workflows["CRM contact sync"]}/deliveries`));

for (const name of ["profile", "tokens", "members", "audit"]) {
  picture(`settings-${name}`, ({ page }) => open(page, `/settings/${name}`), { important: name === "members" });
}

picture("token-new", async ({ page }) => {
  await open(page, "/settings/tokens");
  await page.getByRole("button", { name: "New token" }).first().click();
  await expect(page.getByRole("dialog")).toBeVisible();
});

picture("not-found", ({ page }) => open(page, "/nowhere"));
