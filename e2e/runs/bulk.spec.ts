import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { test } from "../fixtures/test.ts";
import { Charges, expect, range } from "./charges.ts";

const rows = (page: Page) => page.getByRole("table", { name: "Runs" }).locator("[data-row]");
const matching = 60;

let charges: Charges;
// A machine that stalls is waited for.
test.describe.configure({ timeout: 180_000 });
test.beforeAll(async ({ server, ownerState }) => {
  charges = await Charges.publish({ server, ownerState }, "bulk-charges");
  await charges.start(range(matching), "failed");
});

test("from the rows of a page to all that match: the plan counts what can be done, the replay goes on when the page is left, and is aborted", async ({
  page,
}) => {
  await page.goto(`/runs?workflow=${charges.workflowId}`);
  await expect(rows(page)).toHaveCount(50);
  await page.getByRole("checkbox", { name: "Select all rows shown" }).click();
  const selection = page.getByRole("region", { name: "Selection" });
  await expect(selection).toContainText("50 runs selected");
  await selection.getByRole("button", { name: `Select all ${matching} matching` }).click();
  await expect(selection).toContainText(`All ${matching} matching runs selected`);
  await selection.getByRole("button", { name: "Cancel…" }).click();
  await expect(page.getByRole("region", { name: "Plan" })).toContainText(`0 of ${matching} runs`);
  await expect(page.getByRole("region", { name: "Plan" })).toContainText("it has ended already");
  await expect(page.getByRole("dialog").getByRole("button", { name: "Cancel 0 runs" })).toBeDisabled();
  await page.getByRole("button", { name: "Back" }).click();

  await charges.behave("well");
  await selection.getByRole("button", { name: "Replay…" }).click();
  await expect(page.getByRole("region", { name: "Plan" })).toContainText(`${matching} of ${matching} runs`);
  await page.getByLabel("Runs a second").fill("2");
  await page.getByLabel("Name").fill("After the night");
  await page.getByRole("button", { name: `Replay ${matching} runs` }).click();
  await expect(page.getByRole("heading", { name: "After the night" })).toBeVisible();
  const done = page.getByRole("progressbar", { name: "Runs done" });
  const doneNow = async () => Number(await done.getAttribute("aria-valuenow"));
  await page.reload();
  await expect.poll(doneNow).toBeGreaterThan(1);
  await page.getByRole("button", { name: "Pause" }).click();
  await expect(page.getByText("Paused by hand")).toBeVisible();
  await page.getByRole("button", { name: "Resume" }).click();
  await page.getByRole("button", { name: "Abort" }).click();
  await page.getByRole("button", { name: /^Leave \d+ runs as they are/ }).click();
  await expect(page.getByRole("main").getByText("Aborted").first()).toBeVisible();
  await expect(page.getByRole("list", { name: "Failed or skipped" })).toContainText("Aborted");
  const counts = async () => (await page.getByRole("region", { name: "Progress" }).locator("dd").allTextContents()).map(Number);
  await expect.poll(async () => (await counts())[3]).toBe(0); // nothing is under way any more
  const [succeeded = 0, failed = 0, skipped = 0] = await counts();
  expect(succeeded).toBeGreaterThan(1);
  expect(succeeded + failed + skipped).toBe(matching);
  const { items } = await charges.seed.get<{ items: unknown[] }>(`/runs?workflowId=${charges.workflowId}&status=succeeded&limit=200`);
  expect(items).toHaveLength(succeeded);
  await page.goto("/runs/bulk");
  await expect(page.getByRole("table", { name: "Bulk acts" })).toContainText("After the night");
});

test("filters are kept as a view for oneself or the team; an edited view says so; the list is exported as it is filtered", async ({
  page,
}) => {
  await page.goto(`/runs?workflow=${charges.workflowId}&status=failed`);
  await expect(rows(page).first()).toBeVisible();
  await page.getByRole("button", { name: "Views" }).click();
  await page.getByRole("menuitem", { name: "Save as a new view" }).click();
  await page.getByLabel("Name").fill("Failed charges");
  await page.getByRole("checkbox", { name: "For the whole team" }).click();
  await page.getByRole("button", { name: "Save view" }).click();
  const views = page.getByRole("button", { name: "Failed charges" });
  await expect(views).toBeVisible();
  await expect(page).toHaveURL(/saved=/);
  await page.getByRole("button", { name: "Status: Failed" }).click();
  await page.getByRole("menuitemcheckbox", { name: "Canceled" }).click();
  await page.keyboard.press("Escape");
  await expect(views).toContainText("Edited");
  await views.click();
  await page.getByRole("menuitem", { name: "Back to “Failed charges” as saved" }).click();
  await expect(page.getByRole("button", { name: "Status: Failed" })).toBeVisible();
  await expect(views).not.toContainText("Edited");

  await page.getByRole("button", { name: "Export" }).click();
  const saved = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: "As CSV" }).click();
  const lines = (await readFile(await (await saved).path(), "utf8")).trim().split("\r\n");
  expect(lines[0]).toContain("id,workflowId");
  expect(lines).toHaveLength(1 + matching);

  await page.getByRole("button", { name: "Failed charges" }).click();
  await page.getByRole("menuitem", { name: "Remove “Failed charges”" }).click();
  await expect(page.getByRole("button", { name: "Views" })).toBeVisible();
});
