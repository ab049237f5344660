import type { Page } from "@playwright/test";
import { smallDocument } from "../fixtures/api.ts";
import { expectSound } from "../fixtures/axe.ts";
import { test } from "../fixtures/test.ts";
import { Charges, expect, range } from "./charges.ts";

const rows = (page: Page) => page.getByRole("table", { name: "Runs" }).locator("[data-row]");
const peek = (page: Page) => page.getByRole("complementary", { name: "Run at a glance" });
const fillingList = 45;

let charges: Charges;
// A machine that stalls is waited for.
test.describe.configure({ timeout: 180_000 });
test.beforeAll(async ({ server, ownerState }) => {
  charges = await Charges.publish({ server, ownerState }, "list-charges");
  await charges.start(range(fillingList), "failed");
});

/** Failed runs of the day, found by the name of their workflow. */
async function openList(page: Page): Promise<number> {
  await page.goto(`/runs?q=${encodeURIComponent(charges.name)}&status=failed&last=24h`);
  await expect(rows(page).first()).toBeVisible();
  return rows(page).count();
}

test("check 3: filters, search and range of the run list are in its address; elsewhere it shows the same rows and controls", async ({
  page,
  browser,
}) => {
  await page.goto("/runs");
  await page.getByRole("searchbox", { name: "Search runs" }).fill(charges.name);
  await page.getByRole("button", { name: "Status: all" }).click();
  await page.getByRole("menuitemcheckbox", { name: "Failed" }).click();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Any time" }).click();
  await page.getByRole("button", { name: "Last 24 hours" }).click();
  await expect(page).toHaveURL(/status=failed/);
  await expect(page).toHaveURL(/last=24h/);
  await expect(page).toHaveURL(/q=Charges/);
  const ids = await rowIds(page);
  const context = await browser.newContext({ storageState: await page.context().storageState() });
  const other = await context.newPage();
  await other.goto(page.url());
  await expect(rows(other)).toHaveCount(ids.length);
  expect(await rowIds(other)).toEqual(ids);
  await expect(other.getByRole("button", { name: "Status: Failed" })).toBeVisible();
  await expect(other.getByRole("searchbox", { name: "Search runs" })).toHaveValue(charges.name);
  await expect(other.getByRole("button", { name: "Last 24 hours" })).toBeVisible();
  await context.close();
});

async function rowIds(page: Page): Promise<(string | null)[]> {
  await expect(rows(page).first()).toBeVisible();
  return rows(page).evaluateAll((found) => found.map((row) => row.getAttribute("data-row")));
}

test("check 4: Back from the fortieth run restores filters, place and focused row; at the side j and k go from run to run", async ({
  page,
}) => {
  const count = await openList(page);
  const fortieth = rows(page).nth(39).getByRole("link").first();
  await fortieth.scrollIntoViewIfNeeded();
  await fortieth.click();
  await expect(peek(page)).toBeVisible();
  await page.keyboard.press("k");
  await expect(page).toHaveURL(new RegExp(`peek=${await rows(page).nth(38).getAttribute("data-row")}`));
  await page.keyboard.press("j");
  await expect(page).toHaveURL(new RegExp(`peek=${await rows(page).nth(39).getAttribute("data-row")}`));
  const scrolled = await page.evaluate(() => window.scrollY);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("tab", { name: "Timeline" })).toBeVisible();
  await page.goBack();
  await expect(rows(page)).toHaveCount(count);
  await expect(fortieth).toBeFocused();
  expect(Math.abs((await page.evaluate(() => window.scrollY)) - scrolled)).toBeLessThan(50);
  await expect(page.getByRole("button", { name: "Status: Failed" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(peek(page)).toBeHidden();
});

test("check 5: live refresh keeps the filters; what is new waits behind a count and moves nothing until it is asked for", async ({
  page,
}) => {
  await openList(page);
  const before = await rows(page).first().getAttribute("data-row");
  // What does not match never appears.
  const quiet = await charges.seed.workflow(`${charges.name}, receipts`, smallDocument("sent"));
  await charges.seed.publish(quiet);
  for (const id of range(5)) await charges.seed.post(`/workflows/${quiet}/runs`, { input: { id } });
  const [fresh = ""] = await charges.start([102], "failed");
  const show = page.getByRole("button", { name: "Show 1 new run" });
  await expect(show).toBeVisible();
  await expect(page.getByRole("status").filter({ hasText: "1 new run" })).toHaveCount(1);
  expect(await rows(page).first().getAttribute("data-row")).toBe(before);
  await show.click();
  await expect(rows(page).first()).toHaveAttribute("data-row", fresh);
  // Paused, the list stands still and counts nothing.
  await page.getByRole("button", { name: "Live: pause" }).click();
  await charges.start([103], "failed");
  await expect(page.getByRole("button", { name: /new run/ })).toHaveCount(0);
  await page.getByRole("button", { name: "Paused: go live" }).click();
  await expect(show).toBeVisible();
});

test("cut off from the server, list, run and inbox say so, and catch up by themselves when it is back", async ({
  page,
  context,
  server,
}) => {
  const [runId = ""] = await charges.start([201], "failed");
  const { items } = await charges.seed.get<{ items: { id: string; openCount: number }[] }>(`/issues?workflowId=${charges.workflowId}`);
  const [issue] = items;
  if (!issue) throw new Error("there is no issue");
  const openItems = (count: number) => inbox.getByText(new RegExp(`^${count} open of`));
  await page.goto(`/runs?q=${encodeURIComponent(charges.name)}`);
  const [run, inbox] = [await context.newPage(), await context.newPage()];
  await run.goto(`/runs/${runId}`);
  await inbox.goto(`/inbox?issue=${issue.id}`);
  const row = page.locator(`[data-row="${runId}"]`);
  const facts = run.getByRole("main");
  await expect(row).toContainText("Failed");
  await expect(facts).toContainText("Failed");
  await expect(openItems(issue.openCount)).toBeVisible();
  for (const each of [page, run, inbox])
    await expect(each.getByRole("img", { name: /^Live/ })).toHaveAccessibleName(/appear by themselves/);

  // Cut off for longer than the server is away, so that nothing of what happens meanwhile is told.
  await context.route("**/api/v1/stream", (route) => route.abort());
  await server.crash();
  for (const each of [page, run, inbox]) await expect(each.getByRole("img", { name: /^Live/ })).toHaveAccessibleName(/interrupted/);
  await server.revive();
  await charges.behave("well");
  const letters = await charges.seed.get<{ items: { id: string; runId: string }[] }>(`/dead-letters?issueId=${issue.id}&limit=200`);
  await charges.seed.post(`/dead-letters/${letters.items.find((item) => item.runId === runId)?.id}/redrive`, {});
  await expect.poll(async () => (await charges.seed.get<{ status: string }>(`/runs/${runId}`)).status).toBe("succeeded");
  await expect(row).toContainText("Failed");

  await context.unroute("**/api/v1/stream");
  await expect(row).toContainText("Succeeded");
  await expect(facts).toContainText("Succeeded");
  await expect(openItems(issue.openCount - 1)).toBeVisible();
  await charges.behave("refusing");
});

test("a drag over the chart and a click on its legend filter; a filter that nothing has is cleared in one click", async ({ page }) => {
  await openList(page);
  const chart = page.getByRole("img", { name: /runs over time/ });
  const box = await chart.boundingBox();
  if (!box) throw new Error("the chart is not drawn");
  await page.mouse.move(box.x + box.width * 0.5, box.y + 10);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width - 2, box.y + 10, { steps: 4 });
  await page.mouse.up();
  await expect(page).toHaveURL(/from=/);
  await expect(rows(page).first()).toBeVisible();
  await page.getByRole("button", { name: "More filters" }).click();
  await page.getByLabel("Error text").fill("no such error");
  await page.getByRole("button", { name: "Apply filters" }).click();
  await expect(page.getByText("No run matches")).toBeVisible();
  await page.getByRole("button", { name: "Clear filters" }).first().click();
  await expect(rows(page).first()).toBeVisible();
  await rows(page).first().getByRole("link").first().click();
  await expect(peek(page)).toBeVisible();
  await expectSound(page);
  await page.setViewportSize({ width: 390, height: 800 });
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(overflow).toBeLessThanOrEqual(0);
});
