import { expect } from "@playwright/test";
import { Seed } from "../fixtures/api.ts";
import { shot } from "../fixtures/shot.ts";
import { test } from "../fixtures/test.ts";

test("the settings of the workflow, an ordered rule of retry and a field check are set by hand and kept", async ({
  page,
  request,
  server,
}) => {
  const seed = new Seed(request, server.baseUrl);
  const call = { id: "call", type: "http-request", name: "Call", config: { url: "https://example.com/x" }, position: { x: 600, y: 0 } };
  const start = { id: "start", type: "manual", name: "Start", position: { x: 0, y: 0 } };
  const edges = [{ id: "e1", source: "start", target: "call" }];
  const id = await seed.workflow("Settings", { schemaVersion: 1, nodes: [start, call], edges });
  await page.goto(`/workflows/${id}?node=call&tab=reliability`);
  await page.getByRole("button", { name: "Workflow settings" }).click();
  const dialog = page.getByRole("dialog", { name: "Workflow settings" });
  const atOnce = dialog.getByRole("textbox", { name: "Runs at once at most" });
  await atOnce.fill("0");
  await dialog.getByRole("textbox", { name: "A run may take" }).focus();
  await expect(atOnce).toHaveAttribute("aria-invalid", "true");
  await atOnce.fill("3");
  await expect(atOnce).not.toHaveAttribute("aria-invalid", "true");
  await shot(page, "workflow-settings");
  await dialog.getByRole("button", { name: "Done" }).click();

  await page.getByRole("button", { name: /^Retry/ }).click();
  const retry = page.getByRole("region", { name: "Retry" });
  await retry.getByRole("button", { name: "Add rule" }).click();
  const rule = retry.getByRole("group", { name: "Rules" });
  await rule.getByRole("checkbox", { name: "Timeout" }).click();
  await shot(rule, "retry-rules");
  const validate = page.getByRole("region", { name: "Validate" });
  await validate.getByRole("button", { name: /^Validate/ }).click();
  await validate.getByRole("switch", { name: "Check the input" }).click();
  await validate.getByRole("combobox", { name: "How the input is checked" }).click();
  await page.getByRole("option", { name: /^Field by field/ }).click();
  await validate.getByRole("textbox", { name: /^Field/ }).fill("query.id");
  await shot(page, "policy");
  await expect(page.getByRole("status", { name: /^Draft: Saved/ })).toBeVisible();

  const { draft } = await seed.get<{ draft: { document: { settings: object; nodes: { id: string; policy: object }[] } } }>(
    `/workflows/${id}`,
  );
  expect(draft.document.settings).toMatchObject({ concurrency: 3 });
  expect(draft.document.nodes.find((node) => node.id === "call")?.policy).toMatchObject({
    retry: { rules: [{ on: ["unavailable", "timeout"] }] },
    validateInput: { fields: [{ path: "query.id", required: true }] },
  });
});
