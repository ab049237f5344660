import { expect, type Page } from "@playwright/test";
import { smallDocument } from "../fixtures/api.ts";
import { EditorPage } from "../pages/editor-page.ts";
import { heights, picture, type Scene } from "./picture.ts";

async function edit({ page, workflows, width }: Scene, workflow: string, query = ""): Promise<EditorPage> {
  await page.goto(`/workflows/${workflows[workflow]}${query}`);
  await expect(page.getByRole("status", { name: /^Draft:/ })).toBeVisible();
  if (width !== 390) await expect(page.locator("[data-step]").first()).toBeVisible();
  return new EditorPage(page);
}

const wide = { only: [1440, 1024] } as const;
const deploy = "Deploy web shop";
const sample = { id: "lead-1042", name: "  Grace   Hopper ", email: " Grace.Hopper@Example.com", country: "fr" };

picture("editor", async (scene) => void (await edit(scene, deploy)), { important: true });

picture("editor-settings", async (scene) => void (await edit(scene, deploy, "?node=deploy")), { important: true });

picture("editor-reliability", async (scene) => {
  await edit(scene, deploy, "?node=deploy&tab=reliability&field=policy.retry");
  await expect(scene.page.getByRole("region", { name: "Retry" })).toBeVisible();
});

picture("editor-validation", async (scene) => {
  await edit(scene, "CRM contact sync", "?node=check");
  const fields = scene.page.getByRole("group", { name: "Fields" });
  await fields.getByRole("button", { name: /^email/ }).click();
});

picture("editor-samples", async (scene) => {
  const { page, seed, workflows } = scene;
  for (const lead of [sample, { ...sample, email: "grace at example" }, { ...sample, email: "", country: "France" }])
    await seed.post(`/workflows/${workflows["CRM contact sync"]}/runs`, { mode: "test", input: lead, until: "check" });
  await edit(scene, "CRM contact sync", "?node=check");
  const fields = page.getByRole("group", { name: "Fields" });
  const all = fields.getByRole("button", { name: /^Try .* runs$/ });
  // It stays as it was left at the width before.
  await all.or(fields.getByRole("button", { name: "One sample" })).waitFor();
  if (await all.isVisible()) await all.click();
  await fields.getByRole("button", { name: /^email/ }).click();
});

picture(
  "editor-plug",
  async (scene) => {
    const { page } = scene;
    await edit(scene, "CRM contact sync", "?node=tell_refused");
    await page.getByRole("textbox", { name: "URL" }).click();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("dialog", { name: "Data of the step" })).toBeVisible();
  },
  wide,
);

picture("editor-mapping", async (scene) => {
  const { page, seed, workflows } = scene;
  await seed.post(`/workflows/${workflows["CRM contact sync"]}/runs`, { mode: "test", input: sample, until: "check" });
  await edit(scene, "CRM contact sync", "?node=tell_refused");
  await page.getByRole("textbox", { name: "URL" }).click();
  await expect(page.getByRole("region", { name: "Data" }).last()).toBeVisible();
});

async function testRun(scene: Scene): Promise<void> {
  const { page } = scene;
  const editor = await edit(scene, deploy);
  await editor.run();
  await expect(page.getByRole("region", { name: "Run", exact: true })).toHaveAttribute("data-run-status", "succeeded");
}

picture("editor-test-run", testRun, wide);

picture(
  "editor-test-log",
  async (scene) => {
    await testRun(scene);
    const log = scene.page.getByRole("region", { name: "Log" });
    // It stays as it was left at the width before.
    const toggle = log.getByRole("button", { name: /^Log/, expanded: false });
    await toggle.or(log.getByRole("list", { name: "Lines" })).waitFor();
    if (await toggle.isVisible()) await toggle.click();
  },
  { keeps: [1440, 390] },
);

picture("editor-loop", async (scene) => void (await edit(scene, "Marketplace prices", "?node=each")), wide);

picture(
  "editor-problems",
  async (scene) => {
    await edit(scene, "Refunds");
    await scene.page
      .getByRole("button", { name: /problem|warning|No problems/i })
      .first()
      .click();
  },
  wide,
);

picture(
  "editor-add",
  async (scene) => {
    await edit(scene, "Churn alerts");
    await scene.page.locator("[data-step]").first().focus();
    await scene.page.keyboard.press("Tab");
    await scene.page.keyboard.press("Control+k");
  },
  wide,
);

picture("editor-empty", async ({ page, seed, width }) => {
  const id = await seed.workflow(`Untitled at ${width} ${Date.now()}`, { schemaVersion: 1, nodes: [], edges: [] });
  await page.goto(`/workflows/${id}`);
  await expect(page.getByRole("status", { name: /^Draft:/ })).toBeVisible();
});

picture("publish", async (scene) => {
  await edit(scene, "Churn alerts");
  await scene.page.getByRole("button", { name: "Publish", exact: true }).click();
  await expect(scene.page.getByRole("dialog")).toBeVisible();
});

picture("rollout", async (scene) => {
  await edit(scene, "CRM contact sync");
  await scene.page.getByRole("button", { name: "Compare and decide" }).click();
  await expect(scene.page.getByRole("dialog", { name: /beside version/ })).toBeVisible();
});

picture(
  "versions",
  async ({ page, workflows }) => {
    await page.goto(`/workflows/${workflows["CRM contact sync"]}/versions?from=1&to=2`);
    await expect(page.getByRole("heading", { name: "Versions" })).toBeVisible();
  },
  { important: true },
);

picture("versions-fields", async ({ page, workflows }) => {
  await page.goto(`/workflows/${workflows["CRM contact sync"]}/versions?from=1&to=2&view=list`);
  await expect(page.getByRole("heading", { name: "Versions" })).toBeVisible();
});

/** Made on the canvas, which a phone does not draw; then looked at in the width at hand. */
async function conflict({ page, seed, width }: Scene): Promise<void> {
  await page.setViewportSize({ width: 1440, height: heights[1440] });
  const id = await seed.workflow(`Shared ${Date.now()}`, smallDocument("one"));
  await page.goto(`/workflows/${id}`);
  const editor = new EditorPage(page);
  await editor.expectNode("Give");
  await page.route("**/api/v1/workflows/*/draft", (route) => route.abort("connectionrefused"));
  await editor.rename("Give", "Give the order");
  await expect(page.getByRole("status", { name: "Draft: Offline, kept in this browser" })).toBeVisible();
  await renameElsewhere(page, id);
  await page.unroute("**/api/v1/workflows/*/draft");
  await page.keyboard.press("Control+s");
  await page.getByRole("button", { name: "Compare and decide" }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.setViewportSize({ width, height: heights[width] });
}

async function renameElsewhere(page: Page, id: string): Promise<void> {
  const other = await page.context().newPage();
  await other.setViewportSize({ width: 1440, height: 900 });
  await other.goto(`/workflows/${id}`);
  const editor = new EditorPage(other);
  await editor.rename("Give", "Hand the order over");
  await editor.expectSaved();
  await other.close();
}

picture("conflict", conflict, { keeps: [1440, 390] });
