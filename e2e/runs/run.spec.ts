import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { expectSound } from "../fixtures/axe.ts";
import { shot } from "../fixtures/shot.ts";
import { test } from "../fixtures/test.ts";
import { Charges, expect } from "./charges.ts";

let charges: Charges;
let failedId: string;
// A machine that stalls is waited for.
test.describe.configure({ timeout: 180_000 });
test.beforeAll(async ({ server, ownerState }) => {
  charges = await Charges.publish({ server, ownerState }, "run-charges");
  await charges.behave("well");
  await charges.start([1], "succeeded");
  await charges.behave("failing");
  [failedId = ""] = await charges.start([2], "failed");
});

const stepPanel = (page: Page, name = "Charge card") => page.getByRole("region", { name: `Step ${name}` });

async function stepId(runId: string, nodeId: string): Promise<string> {
  const run = await charges.seed.get<{ steps: { id: string; nodeId: string }[] }>(`/runs/${runId}`);
  return run.steps.find((step) => step.nodeId === nodeId)?.id ?? "";
}

test("check 20: a run opens on its failed step with three attempts; secrets are masked on the page, in the download and as cURL; an attempt has an address", async ({
  page,
  context,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto(`/runs/${failedId}`);
  const panel = stepPanel(page);
  await expect(panel.getByRole("tab", { name: "Error" })).toHaveAttribute("aria-selected", "true");
  await expect(panel).toContainText("503");
  await expect(panel.getByText("Open the issue")).toBeVisible();
  await panel.getByRole("tab", { name: "Attempts" }).click();
  await expect(panel.getByRole("button", { name: /^Attempt \d/ })).toHaveCount(3);
  for (const no of [1, 2, 3]) {
    const attempt = panel.getByRole("button", { name: new RegExp(`^Attempt ${no}`) });
    if ((await attempt.getAttribute("aria-expanded")) === "false") await attempt.click();
    await expect(panel.getByRole("heading", { name: "Request" })).toBeVisible();
    await expect(panel.getByRole("heading", { name: "Answer 503" })).toBeVisible();
    for (const header of ["authorization", "x-api-key", "cookie"]) await expect(panel.getByText(header, { exact: true })).toBeVisible();
  }
  await panel.getByRole("button", { name: "Copy as cURL" }).click();
  const curl = await page.evaluate(() => navigator.clipboard.readText());
  expect(curl).toContain("curl");
  expect(curl.toLowerCase()).toContain("authorization");
  expect(curl).not.toContain("very-secret");
  expect(await page.content()).not.toContain("very-secret");
  await page.getByRole("button", { name: "More", exact: true }).click();
  const saved = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: "Download as JSON" }).click();
  const file = await readFile(await (await saved).path(), "utf8");
  expect(JSON.parse(file).id).toBe(failedId);
  expect(file).not.toContain("very-secret");

  await page.goto(`/runs/${failedId}?step=${await stepId(failedId, "call")}&attempt=2`);
  await expect(panel.getByRole("button", { name: /^Attempt 2/ })).toHaveAttribute("aria-expanded", "true");
  await panel.getByRole("button", { name: "Compare two attempts" }).click();
  await expect(page).toHaveURL(/pair=2-3/);
  await expect(panel.getByRole("region", { name: "Two attempts compared" })).toContainText("The same in both");
});

test("check 20: a payload of 10 MB shows its size and its head at once, and is downloaded whole", async ({ page, request, server }) => {
  const part = "0123456789abcdef".repeat(60_000);
  const values = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`part${index}`, "{{ trigger.body.part }}"]));
  const id = await charges.seed.workflow("Large payloads", {
    schemaVersion: 1,
    nodes: [
      { id: "start", type: "manual", name: "Start", position: { x: 0, y: 0 } },
      { id: "grow", type: "set", name: "Grow", position: { x: 320, y: 0 }, config: { values } },
    ],
    edges: [{ id: "e1", source: "start", target: "grow" }],
  });
  await charges.seed.publish(id);
  const { runId } = await charges.seed.post<{ runId: string }>(`/workflows/${id}/runs`, { input: { part } });
  const status = async () => (await (await request.get(`${server.baseUrl}/api/v1/runs/${runId}`)).json()).status;
  await expect.poll(status).toBe("succeeded");
  await page.goto(`/runs/${runId}?step=event`);
  await expect(page.getByRole("region", { name: "Event" })).toBeVisible();
  const worked = await workOf(page);
  await page.getByRole("button", { name: /^Grow/ }).click();
  const panel = stepPanel(page, "Grow");
  await expect(panel.getByText(/10\.\d MiB/)).toBeVisible();
  expect(await worked()).toBeLessThan(1_000);
  const download = page.waitForEvent("download");
  await panel.getByRole("button", { name: "Download output" }).click();
  expect((await readFile(await (await download).path())).length).toBeGreaterThan(10_000_000);
});

/** How long the page's thread works from now on, ms: what a slow machine waits for is not the page's fault. */
async function workOf(page: Page): Promise<() => Promise<number>> {
  const client = await page.context().newCDPSession(page);
  await client.send("Performance.enable", { timeDomain: "threadTicks" });
  const read = async () => {
    const { metrics } = await client.send("Performance.getMetrics");
    return (metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0) * 1_000;
  };
  const before = await read();
  return async () => (await read()) - before;
}

test("timeline, table, canvas and events of a run are reached by keyboard and stand in its address; a step is compared with the last good run", async ({
  page,
}) => {
  await page.goto(`/runs/${failedId}`);
  const panel = stepPanel(page);
  await panel.getByRole("tab", { name: "Compare" }).click();
  await expect(panel.getByRole("columnheader", { name: "Last good" }).first()).toBeVisible();
  await page.locator("h1").click();
  // The canvas is code of its own: what cannot be fetched says so in its place, and comes when it is asked for again.
  await page.route("**/_next/static/chunks/**", (route) => route.abort("connectionrefused"));
  await page.keyboard.press("v");
  await expect(page).toHaveURL(/view=canvas/);
  const missing = page.getByRole("alert").filter({ hasText: "could not be fetched" });
  await expect(missing).toBeVisible();
  await expect(panel.getByRole("columnheader", { name: "Last good" }).first()).toBeVisible();
  await shot(page, "not-fetched");
  await missing.getByRole("button", { name: "Try again" }).click();
  await expect(missing.getByRole("button", { name: "Reload the page" })).toBeVisible();
  await page.unroute("**/_next/static/chunks/**");
  await missing.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("button", { name: /^Charge card, Dead-lettered/ })).toBeVisible();
  await expect(page.getByRole("button", { name: /^Send receipt, / })).toBeVisible();
  await page.keyboard.press("l");
  await expect(page.getByRole("table", { name: "Events" })).toContainText("Attempt 3 failed: 503");
  await page.keyboard.press("t");
  await page.getByRole("button", { name: "As a table" }).click();
  await expect(page.getByRole("table", { name: "Steps in numbers" })).toContainText("Charge card");
  await page.getByRole("button", { name: "As bars" }).click();
  await page.getByRole("button", { name: "Zoom to the step" }).click();
  await expect(page).toHaveURL(/zoom=\d+-\d+/);
  await page.getByRole("button", { name: "Whole run" }).click();
  await expectSound(page);
  await page.setViewportSize({ width: 390, height: 800 });
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(overflow).toBeLessThanOrEqual(0);
});

test("a replay says what it would do, keeps what was done, and the two runs know of each other", async ({ page }) => {
  await charges.behave("well");
  await page.goto(`/runs/${failedId}`);
  await stepPanel(page).getByRole("button", { name: "Replay from here" }).click();
  const plan = page.getByRole("region", { name: "What it would do" });
  await expect(plan).toContainText("Charge card");
  await expect(plan).toContainText("Results that are kept: Prepare");
  await page.getByRole("button", { name: "Replay run" }).click();
  await page.getByRole("button", { name: "Open run" }).click();
  await expect(page.getByText("Replay of")).toBeVisible();
  await page.goto(`/runs/${failedId}`);
  await expect(page.getByText("Replayed by")).toBeVisible();
});

test("a loop under way tells how far it is, and goes on at the pace that a person gives it", async ({ page }) => {
  const id = await charges.seed.workflow("Paced", {
    schemaVersion: 1,
    nodes: [
      { id: "start", type: "manual", name: "Start", position: { x: 0, y: 0 } },
      { id: "loop", type: "for-each", name: "Each order", position: { x: 320, y: 0 }, config: { items: "{{ trigger.body }}" } },
      { id: "pause", type: "delay", name: "Pause", position: { x: 640, y: 0 }, config: { forMs: 3_600_000 } },
    ],
    edges: [
      { id: "e1", source: "start", target: "loop" },
      { id: "e2", source: "loop", sourcePort: "item", target: "pause" },
    ],
  });
  await charges.seed.publish(id);
  const { runId } = await charges.seed.post<{ runId: string }>(`/workflows/${id}/runs`, { input: [1, 2, 3, 4] });
  const paused = async () => (await charges.seed.get<{ items: { id: string; nodeId: string }[] }>(`/runs/${runId}/steps`)).items;
  await expect.poll(async () => (await paused()).filter(({ nodeId }) => nodeId === "pause").length).toBe(1);
  await page.goto(`/runs/${runId}?step=${(await paused()).find(({ nodeId }) => nodeId === "loop")?.id}`);
  const loop = stepPanel(page, "Each order").getByRole("region", { name: "The loop" });
  await expect(loop).toContainText("0 of 4 items ended, 1 under way");
  await expect(loop).toContainText("One after the other; the first failure ends it");
  await loop.getByRole("button", { name: "Change pace" }).click();
  const dialog = page.getByRole("dialog", { name: "Change the pace of Each order?" });
  await dialog.getByLabel("At the same time").fill("101");
  await expect(dialog.getByLabel("At the same time")).toHaveAccessibleDescription("From 1 to 100");
  await dialog.getByLabel("At the same time").fill("3");
  await dialog.getByLabel("Items that may fail").fill("2");
  await shot(page, "pace-dialog");
  await dialog.getByRole("button", { name: "Change pace" }).click();
  await expect(loop).toContainText("3 at the same time; at most 2 items may fail");
  await expect.poll(async () => (await paused()).filter(({ nodeId }) => nodeId === "pause").length).toBe(3);
  await shot(page, "pace");
  await page.emulateMedia({ colorScheme: "dark" });
  await page.setViewportSize({ width: 390, height: 844 });
  await loop.scrollIntoViewIfNeeded();
  await shot(page, "pace-dark-390");
});

test("a run that is not there says why", async ({ page }) => {
  await page.goto("/runs/01900000-0000-7000-8000-000000000000");
  await expect(page.getByText("This run is not kept any more")).toBeVisible();
  const now = Date.now().toString(16).padStart(12, "0");
  await page.goto(`/runs/${now.slice(0, 8)}-${now.slice(8)}-7000-8000-000000000000`);
  await expect(page.getByText("There is no such run")).toBeVisible();
});
