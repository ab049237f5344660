import { expect } from "@playwright/test";
import { Seed } from "../fixtures/api.ts";
import { expectSound } from "../fixtures/axe.ts";
import { callDocument, failTimes, setTarget, stopDocument } from "../fixtures/failing.ts";
import { shot } from "../fixtures/shot.ts";
import { test } from "../fixtures/test.ts";

const many = 500;

interface Redrive {
  status: string;
  progress: { total: number; waiting: number; running: number; succeeded: number; failed: number; skipped: number };
}

test("check 23: 500 items are redriven at a rate: planned, watched over a reload, paused, resumed, aborted, and none lost or sent twice", async ({
  page,
  request,
  server,
}) => {
  test.setTimeout(240_000);
  const seed = new Seed(request, server.baseUrl);
  const target = "bulk-orders";
  await setTarget(request, server.baseUrl, target, { kind: "flaky", failRatio: 1, seed: 1, status: 404 });
  const id = await seed.workflow("Orders in bulk", callDocument(server.baseUrl, target));
  await seed.publish(id);
  const { issueId } = await failTimes(seed, id, many);
  await setTarget(request, server.baseUrl, target, { kind: "recorder" });

  await page.goto(`/inbox?issue=${issueId}`);
  await page.getByRole("checkbox", { name: "Select all items shown" }).click();
  await expect(page.getByText("100 items shown are selected.")).toBeVisible();
  await shot(page, "selected");
  await page.getByRole("button", { name: "Select all 500 items in this issue" }).click();
  await expect(page.getByText("500 selected")).toBeVisible();
  await page.getByRole("button", { name: "Redrive selected" }).click();

  const dialog = page.getByRole("dialog", { name: "Redrive many items" });
  const plan = dialog.getByRole("region", { name: "Plan" });
  await expect(plan).toContainText("500");
  const rate = dialog.getByLabel("Items a second");
  await rate.fill("2000");
  await expect(dialog.getByRole("alert")).toHaveText("From 0.01 to 1,000");
  await expect(rate).toHaveValue("2000");
  await expect(dialog.getByRole("button", { name: "Redrive 500 items" })).toHaveAttribute("aria-disabled", "true");
  // Slow enough that a slow machine still sees it run.
  const perSecond = 5;
  await rate.fill(String(perSecond));
  await expect(plan).toContainText(/1 min (39|40) s/);
  await expect(plan).toContainText("Oldest, goes first");
  await dialog.getByLabel("Order").click();
  await page.getByRole("option", { name: "Newest first" }).click();
  await expect(plan).toContainText("Newest, goes first");
  await dialog.getByLabel("Try first").fill("3");
  await dialog.getByLabel("Name").fill("After the order system came back");
  await shot(page, "plan");
  const startedAt = Date.now();
  await dialog.getByRole("button", { name: "Redrive 500 items" }).click();

  await expect(page).toHaveURL(/\/inbox\/redrives\/[0-9a-f-]{36}/);
  const redriveId = page.url().split("/").at(-1) ?? "";
  const view = () => seed.get<Redrive>(`/redrives/${redriveId}`);
  const counts = page.getByLabel("Counts");
  const succeeded = async () => Number((await counts.locator("dd").first().textContent())?.replaceAll(",", ""));
  await expect.poll(succeeded, { timeout: 30_000 }).toBeGreaterThan(3);
  await shot(page, "running");
  const before = await succeeded();
  await expect(page.getByText(`${perSecond} a second, newest first`)).toBeVisible();
  // No more than the rate allows, and a second's worth that may be made up for.
  expect((await view()).progress.succeeded).toBeLessThanOrEqual(((Date.now() - startedAt) / 1_000 + 1) * perSecond + 1);
  await page.reload();
  await expect(page.getByRole("heading", { level: 1, name: "After the order system came back" })).toBeVisible();
  await expect.poll(succeeded, { timeout: 30_000 }).toBeGreaterThan(before);

  await page.getByRole("button", { name: "Pause" }).click();
  await expect(page.getByText(/Paused by hand/)).toBeVisible();
  await shot(page, "paused");
  await page.getByRole("button", { name: "Resume" }).click();
  await expect(page.getByRole("button", { name: "Pause" })).toBeVisible();
  await page.getByRole("button", { name: "Abort" }).click();
  await page.getByRole("button", { name: /Leave \d+ items? in the inbox/ }).click();
  await expect(page.getByText("Aborted", { exact: true }).first()).toBeVisible();
  await expect.poll(async () => (await view()).progress.running, { timeout: 30_000 }).toBe(0);

  const { progress } = await view();
  expect(progress.succeeded + progress.failed + progress.skipped + progress.waiting).toBe(many);
  const issue = await seed.get<{ openCount: number }>(`/issues/${issueId}`);
  expect(issue.openCount).toBe(many - progress.succeeded);
  const ledger = await seed.get<{ applied: number }>(`/sandbox-targets/${target}/ledger`);
  expect(ledger.applied).toBe(progress.succeeded);
  await expect(counts).toContainText(String(progress.succeeded));

  await page.goto("/inbox/redrives");
  await expect(page.getByRole("row", { name: /After the order system came back/ })).toContainText("Aborted");
  for (const path of ["/inbox/redrives", `/inbox/redrives/${redriveId}`, `/inbox?issue=${issueId}`]) {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
    await expect(page.getByRole("status", { name: /Loading/ })).toHaveCount(0);
    await expectSound(page);
    await page.setViewportSize({ width: 390, height: 800 });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(overflow, `${path} is wider than a phone`).toBeLessThanOrEqual(0);
    await page.setViewportSize({ width: 1440, height: 900 });
  }
});

test("several items are discarded together with a reason, and brought back together", async ({ page, request, server }) => {
  const seed = new Seed(request, server.baseUrl);
  const id = await seed.workflow("Orders given up", stopDocument("This order is gone"));
  await seed.publish(id);
  const { issueId } = await failTimes(seed, id, 3);
  await page.goto(`/inbox?issue=${issueId}`);
  await page.getByRole("checkbox", { name: "Select all items shown" }).click();
  await page.getByRole("button", { name: "Discard" }).click();
  const dialog = page.getByRole("dialog", { name: "Discard many items" });
  const confirm = dialog.getByRole("button", { name: "Discard 3 items" });
  await expect(confirm).toHaveAttribute("aria-disabled", "true");
  await dialog.getByLabel("Reason").fill("Placed by a test");
  await shot(page, "discard");
  await confirm.click();
  await expect(page.getByRole("heading", { level: 1, name: "Discard of 3 items" })).toBeVisible();
  await expect(page.getByText("Completed")).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText("Placed by a test")).toBeVisible();
  await shot(page, "discarded");
  expect(await seed.get(`/issues/${issueId}`)).toMatchObject({ openCount: 0, status: "resolved" });
  await page.getByRole("button", { name: "Bring back 3 items" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Bring-back of 3 items" })).toBeVisible();
  await expect(page.getByText("Completed")).toBeVisible({ timeout: 30_000 });
  expect(await seed.get(`/issues/${issueId}`)).toMatchObject({ openCount: 3, status: "open" });
  await page.goto(`/inbox?issue=${issueId}&pane=activity`);
  const activity = page.getByRole("region", { name: "Activity" });
  await expect(activity).toContainText("discarded 3 items in bulk");
  await expect(activity).toContainText("brought back 3 items in bulk");
});

test("one field is changed in every input of a range picked with Shift, shown beforehand, and the originals stay", async ({
  page,
  request,
  server,
}) => {
  const seed = new Seed(request, server.baseUrl);
  const target = "bulk-edit";
  await setTarget(request, server.baseUrl, target, { kind: "flaky", failRatio: 1, seed: 1, status: 404 });
  const id = await seed.workflow("Orders to change", callDocument(server.baseUrl, target));
  await seed.publish(id);
  const { issueId } = await failTimes(seed, id, 4);
  await setTarget(request, server.baseUrl, target, { kind: "recorder" });
  await page.goto(`/inbox?issue=${issueId}`);
  const marks = page.getByRole("list", { name: "Items" }).getByRole("checkbox");
  await marks.nth(0).click();
  await marks.nth(2).click({ modifiers: ["Shift"] });
  await expect(page.getByText("3 selected")).toBeVisible();
  await page.getByRole("button", { name: "Redrive selected" }).click();
  const dialog = page.getByRole("dialog", { name: "Redrive many items" });
  await dialog.getByLabel("Change this field of each input").fill("body.order");
  await dialog.getByLabel("To", { exact: true }).fill("{{ item.body.missing }}");
  const preview = dialog.getByRole("list", { name: "Preview" }).getByRole("listitem");
  await expect(preview.first()).toContainText("missing");
  const redrive = dialog.getByRole("button", { name: "Redrive 3 items" });
  await expect(redrive).toHaveAttribute("aria-disabled", "true");
  await dialog.getByLabel("To", { exact: true }).fill("{{ item.body.order + 1000 }}");
  await expect(preview).toHaveCount(3);
  await expect(preview.first()).toContainText(/\d+\s*becomes\s*100\d/);
  await shot(page, "bulk-edit");
  await redrive.click();
  await expect(page.getByText("Completed")).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText(/body\.order = /)).toBeVisible();
  const ledger = await seed.get<{ applied: number; keys: { lastBody: string }[] }>(`/sandbox-targets/${target}/ledger`);
  expect(ledger.applied).toBe(3);
  for (const { lastBody } of ledger.keys) expect(lastBody).toMatch(/"order":\s*100\d/);
  expect(await seed.get(`/issues/${issueId}`)).toMatchObject({ openCount: 1 });
});
