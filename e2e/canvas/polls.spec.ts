import { expect } from "@playwright/test";
import { Seed } from "../fixtures/api.ts";
import { shotInBothThemes } from "../fixtures/shot.ts";
import { test } from "../fixtures/test.ts";

/** A list with one item that is there always, and one that is another at every poll. */
function pollDocument(url: string): object {
  const request = { method: "POST", url, body: { orders: [{ id: "o-1" }, { id: "{{ now }}", at: "{{ now }}" }] } };
  const config = { request, items: "response.body.body.orders", itemKey: "{{ item.id }}", everyMs: 5_000 };
  return {
    schemaVersion: 1,
    nodes: [
      { id: "orders", type: "poll", name: "New orders", position: { x: 0, y: 0 }, config },
      { id: "keep", type: "set", name: "Keep", position: { x: 360, y: 0 }, config: { values: { id: "{{ trigger.item.id }}" } } },
    ],
    edges: [{ id: "e1", source: "orders", target: "keep" }],
  };
}

test("a poll trigger shows a sample of the draft, starts runs for what is new, tells how it fares and begins anew", async ({
  page,
  request,
  server,
}) => {
  const seed = new Seed(request, server.baseUrl);
  await seed.put("/sandbox-targets/polled", { kind: "echo" });
  const id = await seed.workflow("Polled orders", pollDocument(`${server.baseUrl}/sandbox/polled`));
  await page.goto(`/workflows/${id}?node=orders`);
  const card = page.getByRole("region", { name: "Polling" });
  await expect(card).toContainText("It polls once the workflow is published.", { timeout: 30_000 });
  await card.getByRole("button", { name: "Fetch a sample" }).click();
  await expect(card).toContainText("2 items on the page. The key of the first is o-1.");

  await seed.publish(id);
  await page.reload();
  await expect(card.getByText("Polling", { exact: true })).toBeVisible({ timeout: 20_000 });
  const runs = async () => (await seed.get<{ items: object[] }>(`/runs?workflowId=${id}`)).items;
  await expect.poll(async () => (await runs()).length, { timeout: 20_000 }).toBeGreaterThan(0);
  await shotInBothThemes(page, "polling");
  await card.getByRole("button", { name: "Begin anew…" }).click();
  const dialog = page.getByRole("dialog", { name: "Begin anew" });
  await dialog.getByRole("radio", { name: /^Everything again/ }).check();
  await dialog.getByRole("button", { name: "Read everything again" }).click();
  await expect(dialog).toBeHidden();
  const data = async () => (await seed.get<{ items: { data: { item: { id: string } } }[] }>("/events?outcome=accepted")).items;
  await expect.poll(async () => (await data()).some((event) => event.data.item?.id === "o-1"), { timeout: 20_000 }).toBe(true);
});
