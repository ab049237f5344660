import { expect, type Page } from "@playwright/test";
import { open, picture, type Scene } from "./picture.ts";

async function issueOf({ seed, workflows }: Scene, workflow: string): Promise<string> {
  const { items } = await seed.get<{ items: { id: string; openCount: number }[] }>(`/issues?workflowId=${workflows[workflow]}`);
  return items.find((issue) => issue.openCount > 1)?.id ?? items[0]?.id ?? "";
}

async function issue(scene: Scene, workflow: string, query = ""): Promise<void> {
  await scene.page.goto(`/inbox?issue=${await issueOf(scene, workflow)}${query}`);
  await expect(scene.page.getByRole("article")).toBeVisible();
}

async function item(scene: Scene): Promise<void> {
  await issue(scene, "Invoices to ledger");
  await scene.page.getByRole("list", { name: "Items" }).getByRole("listitem").first().click();
  await expect(scene.page.getByRole("tab", { name: "Input" })).toBeVisible();
}

async function allItems(scene: Scene, workflow: string): Promise<void> {
  await issue(scene, workflow);
  await expect(scene.page.getByRole("list", { name: "Items" }).getByRole("listitem").first()).toBeVisible();
  await scene.page.getByRole("checkbox", { name: "Select all items shown" }).click();
}

const press = (page: Page, name: RegExp) => page.getByRole("button", { name }).first().click();

picture("inbox", ({ page }) => open(page, "/inbox"), { important: true });

picture("inbox-issue", (scene) => issue(scene, "Invoices to ledger"), { important: true });

picture("inbox-item", item, { important: true });

picture("inbox-item-attempts", async (scene) => {
  await item(scene);
  await scene.page.getByRole("tab", { name: /Attempts/ }).click();
});

picture("inbox-edit", async (scene) => {
  await item(scene);
  await press(scene.page, /Edit and redrive/);
  await expect(scene.page.getByRole("dialog")).toBeVisible();
});

picture("inbox-unknown-outcome", (scene) => issue(scene, "Refunds"));

picture("inbox-bulk", async (scene) => {
  await allItems(scene, "Invoices to ledger");
  await press(scene.page, /^Redrive selected/);
  await expect(scene.page.getByRole("dialog").getByRole("region", { name: "Plan" })).toBeVisible();
});

picture("inbox-resolved", ({ page }) => open(page, "/inbox?tab=resolved"));

picture("inbox-nothing-matches", ({ page }) => open(page, "/inbox?q=no-such-issue"));

picture("inbox-error", async ({ page }) => {
  await page.route("**/api/v1/issues?*", (route) => route.abort("connectionrefused"));
  await open(page, "/inbox");
  await expect(page.getByRole("button", { name: "Try again" }).first()).toBeVisible({ timeout: 30_000 });
});

picture("redrives", ({ page }) => open(page, "/inbox/redrives"));

// Last: from here on the items are under way.
picture(
  "redrive-progress",
  async (scene) => {
    const { page, width } = scene;
    if (width === 1440) {
      await allItems(scene, "Renewal reminders");
      await press(page, /^Redrive selected/);
      await page.getByLabel("Items a second").fill("0.01");
      await press(page, /^Redrive \d+ items/);
    }
    await page.goto("/inbox/redrives");
    await page
      .getByRole("main")
      .getByRole("link", { name: /items|Redrive/ })
      .first()
      .click();
    await expect(page).toHaveURL(/redrives\/[0-9a-f-]{36}/);
  },
  { important: true },
);
