import { expect } from "@playwright/test";
import { Seed, smallDocument } from "../fixtures/api.ts";
import { test } from "../fixtures/test.ts";

test("an attribute is set in the workflow's settings; runs are found by it, and show it", async ({ page, baseURL }) => {
  const seed = new Seed(page.request, baseURL ?? "");
  const workflowId = await seed.workflow("Orders by customer", smallDocument("done"));
  await page.goto(`/workflows/${workflowId}`);
  await page.getByRole("button", { name: "Workflow settings" }).click();
  const dialog = page.getByRole("dialog", { name: "Workflow settings" });
  await dialog.getByRole("button", { name: "Add attribute" }).click();
  await dialog.getByLabel("Name").fill("customer");
  await dialog.getByLabel("Value").fill("{{ trigger.body.customer }}");
  await dialog.getByRole("button", { name: "Done" }).click();
  const saved = async () => {
    const { draft } = await seed.get<{ draft: { document: { settings: { attributes?: object[] } } } }>(`/workflows/${workflowId}`);
    return draft.document.settings.attributes;
  };
  await expect.poll(saved).toEqual([{ name: "customer", type: "text", value: "{{ trigger.body.customer }}" }]);
  await seed.publish(workflowId);
  for (const customer of ["42", "43"]) await seed.post(`/workflows/${workflowId}/runs`, { input: { customer } });

  await page.goto(`/runs?workflow=${workflowId}`);
  const rows = page.getByRole("table", { name: "Runs" }).locator("[data-row]");
  await expect(rows).toHaveCount(2);
  await page.getByRole("button", { name: "More filters" }).click();
  await page.getByLabel("Attributes").fill("customer:42");
  await page.getByRole("button", { name: "Apply filters" }).click();
  await expect(rows).toHaveCount(1);
  await expect(page).toHaveURL(/attr=customer:42/);
  const [found] = (await seed.get<{ items: { id: string }[] }>(`/runs?attr=customer:42&workflowId=${workflowId}`)).items;
  await page.goto(`/runs/${found?.id}`);
  await expect(page.getByRole("link", { name: "42", exact: true })).toBeVisible();
});
