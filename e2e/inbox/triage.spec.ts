import { expect, type Page } from "@playwright/test";
import { Seed } from "../fixtures/api.ts";
import { callDocument, failTimes, setTarget, stopDocument } from "../fixtures/failing.ts";
import { test } from "../fixtures/test.ts";

const issues = (page: Page) => page.getByRole("list", { name: "Issues" }).getByRole("listitem");

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`in the ${colorScheme} theme`, () => {
    test.use({ colorScheme });

    test("by keyboard: two are snoozed and brought back, one is assigned, resolved, and comes back as regressed", async ({
      page,
      request,
      server,
    }, info) => {
      test.setTimeout(120_000);
      const seed = new Seed(request, server.baseUrl);
      const workflows: string[] = [];
      for (const name of ["Alpha", "Beta", "Gamma", "Delta"]) {
        const id = await seed.workflow(`${name} ${colorScheme}`, stopDocument(`${name} has no stock left`));
        await seed.publish(id);
        await failTimes(seed, id, 1);
        workflows.push(id);
      }
      await page.goto(`/inbox?q=${colorScheme}&sort=firstSeen`);
      await expect(issues(page)).toHaveCount(4);
      // Newest first: Delta, Gamma, Beta, Alpha.
      for (const key of ["j", "j", "x", "x"]) await page.keyboard.press(key);
      await expect(page.getByRole("toolbar", { name: "Selected issues" })).toContainText("2 selected");
      await expect(page.getByRole("checkbox", { name: /Gamma/ })).toBeChecked();
      await expect(page.getByRole("checkbox", { name: /Beta/ })).toBeChecked();
      await page.screenshot({ path: info.outputPath(`selected-${colorScheme}.png`) });
      await page.keyboard.press("h");
      const dialog = page.getByRole("dialog", { name: "Snooze 2 issues until" });
      await expect(dialog).toBeVisible();
      await page.screenshot({ path: info.outputPath(`snooze-${colorScheme}.png`) });
      await dialog.getByLabel("After so many more items").fill("10");
      await page.keyboard.press("Control+Enter");
      await expect(issues(page)).toHaveCount(2);
      await expect(page.getByText("2 issues snoozed")).toBeVisible();
      await page.keyboard.press("u");
      await expect(issues(page)).toHaveCount(4);

      await issues(page).filter({ hasText: "Gamma" }).getByRole("link").click();
      await expect(page.getByRole("article", { name: /Gamma has no stock/ })).toBeVisible();
      await page.keyboard.press("a");
      await page
        .getByRole("dialog", { name: "Assign to" })
        .getByRole("button", { name: /Ada Owner/ })
        .click();
      await expect(issues(page).filter({ hasText: "Gamma" })).toContainText("Assigned to Ada Owner");
      await page.keyboard.press("e");
      await expect(issues(page)).toHaveCount(3);
      await expect(issues(page).filter({ hasText: "Beta" }).getByRole("link")).toBeFocused();
      await expect(page.getByRole("article", { name: /Beta has no stock/ })).toBeVisible();

      await seed.post(`/workflows/${workflows[2]}/runs`, { input: { n: 2 } });
      const back = issues(page).filter({ hasText: "Gamma" });
      await expect(back).toContainText("Regressed", { timeout: 30_000 });
      await back.getByRole("link").click();
      await page.getByRole("tab", { name: "Notes and activity" }).click();
      const activity = page.getByRole("region", { name: "Activity" });
      for (const words of [
        "saw it come back",
        "resolved it",
        "assigned it to Ada Owner",
        "took the last change back",
        "after 10 more items",
      ])
        await expect(activity).toContainText(words);
      await page.screenshot({ path: info.outputPath(`activity-${colorScheme}.png`) });
    });

    test("an edit is checked while it is typed, the dialog tells what will happen, and the item leaves when it has", async ({
      page,
      request,
      server,
    }, info) => {
      test.setTimeout(120_000);
      const seed = new Seed(request, server.baseUrl);
      const target = `edit-${colorScheme}`;
      await setTarget(request, server.baseUrl, target, { kind: "flaky", failRatio: 1, seed: 1, status: 404 });
      const id = await seed.workflow(`Orders to edit ${colorScheme}`, callDocument(server.baseUrl, target));
      await seed.publish(id);
      const { issueId } = await failTimes(seed, id, 1);
      await setTarget(request, server.baseUrl, target, { kind: "recorder" });
      await page.goto(`/inbox?issue=${issueId}`);
      await expect(page.getByRole("region", { name: "Runbook" })).toContainText("Ask the people of the order system");
      await page.screenshot({ path: info.outputPath(`issue-${colorScheme}.png`) });
      await page.getByRole("button", { name: "Edit and redrive" }).click();
      const dialog = page.getByRole("dialog", { name: /Edit and redrive/ });
      const steps = dialog.getByRole("list", { name: "Steps that run" });
      await expect(steps).toContainText("Book the order");
      await expect(steps).toContainText("Note it");
      const editor = dialog.getByRole("textbox", { name: "Corrected input" });
      const text = (await editor.locator(".cm-line").allTextContents()).join("\n");
      await editor.fill("{");
      await expect(dialog.getByText(/Not valid JSON/).first()).toBeVisible();
      await editor.fill('{ "method": "POST" }');
      await expect(dialog.getByRole("alert", { name: "Problems" }).or(dialog.getByLabel("Problems"))).toContainText(/url/i);
      const redrive = dialog.getByRole("button", { name: "Redrive with changes" });
      await expect(redrive).toHaveAttribute("aria-disabled", "true");
      await editor.fill(text.replace('"order": 1', '"order": 1001'));
      await expect(dialog.getByLabel("Problems")).toBeHidden();
      await dialog.getByRole("combobox", { name: "Idempotency keys" }).click();
      await page.getByRole("option", { name: /New keys/ }).click();
      await dialog.getByRole("button", { name: "Dry run" }).click();
      await expect(dialog.getByRole("region", { name: "Dry run" })).toContainText("1001");
      await page.screenshot({ path: info.outputPath(`edit-${colorScheme}.png`) });
      await page.setViewportSize({ width: 390, height: 800 });
      await page.screenshot({ path: info.outputPath(`edit-${colorScheme}-390.png`) });
      await page.setViewportSize({ width: 1440, height: 900 });
      await redrive.click();
      await expect(dialog).toBeHidden();
      await expect(page.getByText("Resolved", { exact: true }).first()).toBeVisible({ timeout: 30_000 });
      const ledger = await seed.get<{ applied: number; keys: { lastBody: string }[] }>(`/sandbox-targets/${target}/ledger`);
      expect(ledger.applied).toBe(1);
      expect(ledger.keys[0]?.lastBody).toContain("1001");
      await page.getByRole("tab", { name: "Input" }).click();
      await expect(page.getByRole("heading", { name: "As it was redriven" })).toBeVisible();
    });
  });
}
