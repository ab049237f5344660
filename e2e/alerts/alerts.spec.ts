import { expect } from "@playwright/test";
import { Seed } from "../fixtures/api.ts";
import { test } from "../fixtures/test.ts";

test("a webhook is made and tried, a failure is told of through it, and an issue leads to a rule of its own", async ({
  page,
  request,
  server,
}) => {
  test.setTimeout(90_000);
  const seed = new Seed(request, server.baseUrl);
  await seed.put("/sandbox-targets/listener", { kind: "recorder" });
  const main = page.getByRole("main");

  await page.goto("/alerts");
  await expect(main.getByRole("button", { name: "New channel" }).first()).toBeVisible();
  await page.keyboard.press("n");
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("On call");
  await dialog.getByLabel("Address").fill(`${server.baseUrl}/sandbox/listener/alerts`);
  await dialog.getByRole("button", { name: "Save and test" }).click();
  await expect(dialog.getByText(/^whsec_/)).toBeVisible();
  await expect(dialog.getByRole("status")).toContainText("It arrived");
  await dialog.getByRole("button", { name: "Done" }).click();
  await expect(main.getByRole("row", { name: /On call/ })).toContainText("Working");

  const nodes = [
    { id: "start", type: "manual", name: "Start", position: { x: 0, y: 0 } },
    {
      id: "stop",
      type: "stop-and-dead-letter",
      name: "Stop",
      position: { x: 320, y: 0 },
      config: { reason: "no stock left" },
      notes: "Ring the shop.",
    },
  ];
  const id = await seed.workflow("Alerting", { schemaVersion: 1, nodes, edges: [{ id: "e1", source: "start", target: "stop" }] });
  await seed.publish(id);
  await seed.post(`/workflows/${id}/runs`, { mode: "live", input: {} });
  await page.getByRole("tab", { name: "Sent" }).click();
  const told = main.getByRole("row", { name: /no stock left/ });
  await expect(told).toContainText("Sent", { timeout: 30_000 });
  await expect(told).toContainText("New issue · Alerting");

  await told.getByRole("link").click();
  await main.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Alert me about this" }).click();
  await expect(dialog).toContainText("When a critical issue of type stopped of Alerting opens");
  await expect(dialog).toContainText("In the last 7 days it would have spoken 1 time.");
  await dialog.getByRole("button", { name: "Save rule" }).click();
  const rule = main.getByRole("row", { name: /Stopped of Alerting/ });
  await expect(rule).toContainText("notify On call");
  await rule.getByRole("button", { name: /^Actions of/ }).click();
  await page.getByRole("menuitem", { name: "Mute for an hour" }).click();
  await expect(rule).toContainText("Muted");
  await page.reload();
  await expect(rule).toContainText("Muted");
});
