import { expect } from "@playwright/test";
import { Seed, smallDocument } from "../fixtures/api.ts";
import { test } from "../fixtures/test.ts";

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`in the ${colorScheme} theme`, () => {
    test.use({ colorScheme });

    test("check 24 (part): a version is tried on a share of the events, compared, and promoted", async ({ page, request, server }) => {
      const seed = new Seed(request, server.baseUrl);
      const id = await seed.workflow(`Trial ${colorScheme}`, smallDocument("one"));
      await seed.publish(id);
      await page.goto(`/workflows/${id}?node=give&tab=settings`);
      await page.getByRole("button", { name: "Publish", exact: true }).click();
      // A toast is a dialog too, so each is asked for by its name.
      const dialog = page.getByRole("dialog", { name: /^(Publish version|Version 2 takes)/ });
      const trial = page.getByRole("dialog", { name: "Version 2 beside version 1" });
      await dialog.getByLabel("A share of them, beside version 1").check();
      await dialog.getByLabel("Share in percent").fill("120");
      await expect(dialog.getByRole("alert")).toHaveText("must be from 1 to 99");
      await expect(dialog.getByLabel("Share in percent")).toHaveValue("120");
      await dialog.getByLabel("Share in percent").fill("25");
      await dialog.getByRole("button", { name: "Publish version 2" }).click();
      await expect(dialog.getByText("Version 2 takes 25 % of new events")).toBeVisible();
      await dialog.getByRole("button", { name: "Done" }).click();

      await expect(page.getByText("Version 2 takes 25 % of new events, version 1 the rest.")).toBeVisible();
      await expect(dialog).toBeHidden();
      await page.getByRole("button", { name: "Compare and decide" }).click();
      await expect(trial.getByRole("row", { name: /Failed runs.*Not enough data yet/ })).toBeVisible();
      await expect(trial.getByText(/20 more of its runs have to end/)).toBeVisible();
      await page.screenshot({ path: test.info().outputPath(`rollout-${colorScheme}.png`) });
      await trial.getByRole("button", { name: "Pause" }).click();
      await expect(trial.getByRole("button", { name: "Go on with this share" })).toBeVisible();
      await trial.getByRole("button", { name: "Promote version 2" }).click();
      await expect(trial).toBeHidden();
      await expect(page.getByText(/takes 25 %/)).toBeHidden();
      expect(await seed.get<{ liveVersion: number }>(`/workflows/${id}`)).toMatchObject({ liveVersion: 2, rollout: null });
    });

    test("a note is typed, moved by key, undone and kept", async ({ page, request, server }) => {
      const seed = new Seed(request, server.baseUrl);
      const id = await seed.workflow(`Notes ${colorScheme}`, smallDocument("one"));
      await page.goto(`/workflows/${id}`);
      await page.locator("[data-step-name=Start]").focus();
      await page.keyboard.press("n");
      await page.getByLabel("Text of the note").fill("Ask Ada before changing this");
      await page.keyboard.press("Escape");
      const note = page.getByRole("group", { name: "Note: Ask Ada before changing this" });
      await note.focus();
      await page.keyboard.press("Shift+ArrowDown");
      // The reload must not come before what was typed is on the server.
      const saved = () => seed.get<{ draft: { document: object } }>(`/workflows/${id}`).then(({ draft }) => JSON.stringify(draft.document));
      await expect.poll(saved).toContain('"text":"Ask Ada before changing this"');
      await page.screenshot({ path: test.info().outputPath(`note-${colorScheme}.png`) });
      await page.reload();
      await expect(note).toBeVisible();
      await note.focus();
      await page.keyboard.press("Delete");
      await expect(note).toBeHidden();
      await page.keyboard.press("Control+z");
      await expect(note).toBeVisible();
    });
  });
}
