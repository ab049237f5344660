import { expect } from "@playwright/test";
import { Seed } from "../fixtures/api.ts";
import { shotInBothThemes } from "../fixtures/shot.ts";
import { test } from "../fixtures/test.ts";

test("events that come fast are debounced by a setting that says what it comes to, and every one of them can be seen", async ({
  page,
  request,
  server,
}) => {
  const shot = (name: string) => shotInBothThemes(page, name);
  const seed = new Seed(request, server.baseUrl);
  const hook = { id: "hook", type: "webhook", name: "Changed", position: { x: 0, y: 0 } };
  const give = { id: "give", type: "set", name: "Give", position: { x: 320, y: 0 }, config: { values: { saw: "{{ trigger.body }}" } } };
  const edges = [{ id: "e1", source: "hook", target: "give" }];
  const id = await seed.workflow("Price changes", { schemaVersion: 1, nodes: [hook, give], edges });

  await page.goto(`/workflows/${id}`);
  await page.getByRole("button", { name: "Workflow settings" }).click();
  const section = page.getByRole("dialog", { name: "Workflow settings" }).getByRole("region", { name: "When events come fast" });
  await section.getByRole("combobox", { name: "What is done with them" }).click();
  await page.getByRole("option", { name: /Wait for a quiet moment/ }).click();
  await section.getByRole("textbox", { name: "Wait at most" }).fill("20");
  await expect(section.getByText("An event every 5 s runs at the latest after 20 min.")).toBeVisible();
  await section.getByRole("textbox", { name: "A quiet moment is" }).fill("600");
  await section.getByRole("switch", { name: "Drop what is above a limit" }).click();
  await section.getByRole("textbox", { name: "Events at most" }).fill("3");
  await expect(section.getByText("3 of 6 in 1 min would go on and the others be dropped.")).toBeVisible();
  await section.scrollIntoViewIfNeeded();
  await shot("settings");
  await page.getByRole("dialog", { name: "Workflow settings" }).getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("status", { name: /^Draft: Saved/ })).toBeVisible();
  const { draft } = await seed.get<{ draft: { document: { settings: { arrivals: object } } } }>(`/workflows/${id}`);
  expect(draft.document.settings.arrivals).toEqual({
    debounce: { periodMs: 600_000, timeoutMs: 1_200_000 },
    limit: { limit: 3, perMs: 60_000 },
  });

  await seed.publish(id);
  const { triggers } = await seed.get<{ triggers: { url: string }[] }>(`/workflows/${id}`);
  const url = triggers[0]?.url ?? "";
  const answers = [];
  for (const price of [1, 2, 3, 4]) answers.push(await (await request.post(url, { data: { price } })).json());
  expect(new Set(answers.map(({ runId }) => runId)).size).toBe(1);
  expect(answers.at(-1)).toMatchObject({ dropped: true, reason: "limit" });

  await page.goto(`/workflows/${id}/deliveries`);
  await expect(page.getByRole("link", { name: /^Superseded: A later event took its place/ })).toHaveCount(2);
  await shot("deliveries");
  await page.getByRole("tab", { name: "Dropped" }).click();
  await page.getByRole("link", { name: /^Dropped: More came than the workflow lets through/ }).click();
  await expect(page.getByRole("complementary", { name: "Delivery" })).toContainText("No run was started");
  await shot("dropped");
  await page.goto(`/runs/${answers[0].runId}`);
  await expect(page.getByRole("status").filter({ hasText: /Waiting for more events until .* 3 events so far/ })).toBeVisible();
  await shot("run");
  await page.goto("/runs");
  await expect(page.getByRole("row", { name: /Price changes/ })).toContainText("Waits for more events, else starts in");
  await shot("runs");
});
