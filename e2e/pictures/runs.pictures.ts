import { expect, type Page } from "@playwright/test";
import { open, picture, type Scene } from "./picture.ts";

async function firstRun({ seed, workflows }: Scene, workflow: string, query = ""): Promise<string> {
  const { items } = await seed.get<{ items: { id: string }[] }>(`/runs?workflowId=${workflows[workflow]}&limit=1${query}`);
  return items[0]?.id ?? "";
}

const rows = (page: Page) => page.getByRole("table", { name: "Runs" }).locator("[data-row]");

async function list(page: Page, query: string): Promise<void> {
  await open(page, `/runs?${query}`);
  await expect(rows(page).first()).toBeVisible();
}

picture("runs", ({ page }) => list(page, "last=7d"), { important: true });

picture("runs-failed", ({ page }) => list(page, "last=7d&status=failed"));

picture("runs-selected", async ({ page }) => {
  await list(page, "last=7d&status=failed");
  await page.getByRole("checkbox", { name: /all/i }).first().click();
});

picture("runs-more-filters", async ({ page }) => {
  await list(page, "last=7d");
  await page.getByRole("button", { name: /^More filters/ }).click();
});

picture("runs-nothing-matches", ({ page }) => open(page, "/runs?q=no-such-run"));

picture("runs-peek", async (scene) => {
  const run = await firstRun(scene, "Refunds", "&status=failed");
  await list(scene.page, `last=7d&peek=${run}`);
  await expect(scene.page.getByRole("complementary", { name: "Run at a glance" })).toBeVisible();
});

picture("runs-error", async ({ page }) => {
  await page.route("**/api/v1/runs?*", (route) =>
    route.fulfill({
      status: 503,
      contentType: "application/problem+json",
      headers: { "x-request-id": "req-7f3a" },
      json: {
        type: "about:blank",
        status: 503,
        code: "unavailable",
        title: "Unavailable",
        detail: "the database does not answer",
        requestId: "req-7f3a",
      },
    }),
  );
  await open(page, "/runs?last=7d");
  await expect(page.getByRole("button", { name: "Try again" }).first()).toBeVisible({ timeout: 30_000 });
});

async function openRun({ page, seed }: Scene, id: string, look: { node: string; query?: string }): Promise<void> {
  const { steps } = await seed.get<{ steps: { id: string; nodeId: string }[] }>(`/runs/${id}`);
  await open(page, `/runs/${id}?step=${steps.find((step) => step.nodeId === look.node)?.id}${look.query ?? ""}`);
}

const deployed = (scene: Scene) => firstRun(scene, "Deploy web shop", "&trigger=manual");

picture("run-timeline", async (scene) => openRun(scene, await deployed(scene), { node: "deploy" }), { important: true });

picture("run-canvas", async (scene) => openRun(scene, await deployed(scene), { node: "check", query: "&view=canvas&tab=attempts" }));

picture("run-events", async (scene) => open(scene.page, `/runs/${await deployed(scene)}?view=events`));

picture("run-failed", async (scene) => open(scene.page, `/runs/${await firstRun(scene, "Invoices to ledger", "&status=failed")}`));

picture("run-waiting", async (scene) => open(scene.page, `/runs/${await firstRun(scene, "Marketplace prices")}`));

picture("run-missing", async ({ page }) => {
  await page.goto("/runs/01900000-0000-7000-8000-000000000000");
  await expect(page.getByText("This run is not kept any more").first()).toBeVisible();
});

picture("run-replay", async (scene) => {
  const { page } = scene;
  await open(page, `/runs/${await deployed(scene)}`);
  await page
    .getByRole("button", { name: /^Replay/ })
    .first()
    .click();
  await expect(page.getByRole("dialog")).toBeVisible();
});
