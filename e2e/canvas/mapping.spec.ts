import { expect, type Page } from "@playwright/test";
import { Seed } from "../fixtures/api.ts";
import { callDocument, setTarget } from "../fixtures/failing.ts";
import { shot } from "../fixtures/shot.ts";
import { test } from "../fixtures/test.ts";

interface Draft {
  draft: { document: { nodes: { id: string; config: Record<string, unknown> }[]; testing?: { pins: Record<string, unknown> } } };
}

const saved = (page: Page) => expect(page.getByRole("status", { name: /^Draft: Saved/ })).toBeVisible();

/** Waits until the stored draft holds what a test typed. */
async function nodeOf(seed: Seed, id: string, nodeId: string) {
  const { draft } = await seed.get<Draft>(`/workflows/${id}`);
  return draft.document.nodes.find((node) => node.id === nodeId);
}

const start = { id: "start", type: "manual", name: "Order placed", position: { x: 0, y: 0 } };

test("values go into fields by click, by key and by dragging, and faults are told where they are", async ({ page, request, server }) => {
  const seed = new Seed(request, server.baseUrl);
  const give = {
    id: "give",
    type: "set",
    name: "Give",
    position: { x: 320, y: 0 },
    config: { values: { city: "", zip: "", bad: "" } },
  };
  const edges = [{ id: "e1", source: "start", target: "give" }];
  const id = await seed.workflow("Mapping", { schemaVersion: 1, nodes: [start, give], edges });
  await seed.post(`/workflows/${id}/runs`, { mode: "test", input: { city: "Lyon", address: { zip: "69001" } } });
  await page.goto(`/workflows/${id}?node=give`);
  const data = page.getByRole("region", { name: "Data" });
  const field = (name: string) => page.getByRole("textbox", { name: `Values: value of ${name}` });
  await expect(data.getByRole("treeitem", { name: 'city "Lyon"' })).toBeVisible();

  await field("city").click();
  await expect(data.getByText("Values: value of city")).toBeVisible();
  await data.getByRole("treeitem", { name: 'city "Lyon"' }).click();
  await expect(field("city")).toHaveText("{{ trigger.body.city }}");

  await field("zip").click();
  await data.getByRole("textbox", { name: "Find data" }).fill("69001");
  await data.getByRole("treeitem", { name: 'trigger.body.address.zip "69001"' }).focus();
  await page.keyboard.press("Enter");
  await expect(field("zip")).toHaveText("{{ trigger.body.address.zip }}");

  await data.getByRole("textbox", { name: "Find data" }).fill("");
  await data.getByRole("treeitem", { name: 'city "Lyon"' }).dragTo(field("bad"));
  await expect(field("bad")).toHaveText("{{ trigger.body.city }}");
  await field("bad").fill("{{ trigger.body.citty }}");
  await expect(page.getByText("did you mean trigger.body.city?").first()).toBeVisible();
  await shot(page, "mapping");

  await field("bad").fill("");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  const picking = page.getByRole("region", { name: "Pick a value" });
  await expect(picking).toContainText("goes into Values: value of bad");
  await expect(page.locator("[data-step=start]")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(picking).toHaveCount(0);
  await expect(field("bad")).toBeFocused();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  const picked = page.getByRole("dialog", { name: "Data of the step" });
  await expect(picked.getByRole("treeitem", { name: "Trigger" })).toBeFocused();
  await shot(page, "plug");
  await page.keyboard.press("Escape");
  await expect(page.locator("[data-step=start]")).toBeFocused();
  await page.keyboard.press("Enter");
  await picked.getByRole("treeitem", { name: 'city "Lyon"' }).click();
  await expect(field("bad")).toHaveText("{{ trigger.body.city }}");
  await expect(field("bad")).toBeFocused();
  await saved(page);
  await expect
    .poll(async () => (await nodeOf(seed, id, "give"))?.config)
    .toMatchObject({
      values: { city: "{{ trigger.body.city }}", zip: "{{ trigger.body.address.zip }}" },
    });
});

test("a validation shows each field before and after, and takes over the fields of the sample", async ({ page, request, server }) => {
  const seed = new Seed(request, server.baseUrl);
  const clean = { id: "clean", type: "validate-transform", name: "Clean", position: { x: 320, y: 0 }, config: { fields: [] } };
  const edges = [{ id: "e1", source: "start", target: "clean" }];
  const id = await seed.workflow("Table", { schemaVersion: 1, nodes: [start, clean], edges });
  for (const email of ["nobody", "Ada@EXAMPLE.com"])
    await seed.post(`/workflows/${id}/runs`, { mode: "test", input: { email, total: "12" } });
  await page.goto(`/workflows/${id}?node=clean`);
  await page.getByRole("button", { name: "Take the 2 fields of the sample" }).click();
  const fields = page.getByRole("group", { name: "Fields" });
  await fields.getByRole("button", { name: /^email: / }).click();
  await fields.getByRole("button", { name: "Add step" }).click();
  await fields.getByRole("combobox").first().click();
  await page.getByRole("option", { name: "E-mail address" }).click();
  await expect(fields.getByRole("button", { name: 'email: "Ada@EXAMPLE.com" becomes "Ada@example.com"' })).toBeVisible();
  await expect(fields.getByText("This sample passes: 2 fields of 2.")).toBeVisible();
  await shot(page, "table");

  await fields.getByRole("button", { name: "Try 2 last runs" }).click();
  await expect(fields.getByRole("button", { name: /^email: 1 pass, 1 refused, first "nobody": / })).toBeVisible();
  await expect(fields.getByRole("button", { name: "total: 2 pass, 0 refused" })).toBeVisible();
  await expect(fields.getByText("1 of 2 runs refused: it leaves by “rejected”.")).toBeVisible();
  const tries = fields.getByRole("list", { name: "Samples" }).getByRole("listitem");
  await expect(tries.first()).toContainText('"nobody"');
  await shot(page, "tries");
  await tries.first().getByRole("button", { name: "Preview everything with this run" }).click();
  await expect(fields.getByText("1 field of 2 refused: this sample leaves by “rejected”.")).toBeVisible();
});

test("the reliability cards count, compute while one types, and know a duplicate", async ({ page, request, server }) => {
  const seed = new Seed(request, server.baseUrl);
  const target = "mapping";
  await setTarget(request, server.baseUrl, target, { kind: "recorder" });
  const id = await seed.workflow("Cards", callDocument(server.baseUrl, target));
  await seed.publish(id);
  const order = { input: { n: 7 } };
  await seed.post(`/workflows/${id}/runs`, order);
  const duplicates = async () => (await seed.get<{ duplicates: number }>(`/workflows/${id}/nodes/call/figures`)).duplicates;
  await seed.post(`/workflows/${id}/runs`, order);
  await expect.poll(duplicates).toBe(1);
  await page.goto(`/workflows/${id}?node=call&tab=reliability&field=policy.idempotency`);
  await expect(page.getByText("Last 24 hours: 2 live runs.")).toBeVisible();
  const idempotency = page.getByRole("region", { name: "Idempotency" });
  await expect(idempotency.getByText("1 skipped as duplicate")).toBeVisible();
  await expect(idempotency.getByRole("status", { name: "This sample" })).toContainText("A duplicate.");
  await shot(page, "duplicate");
  await idempotency.getByRole("textbox", { name: "Key", exact: true }).fill("new-{{ trigger.body.n }}");
  await expect(idempotency.getByRole("status", { name: "This sample" })).toContainText("Not a duplicate.");

  await page.getByRole("button", { name: /^Throttle/ }).click();
  const throttle = page.getByRole("region", { name: "Throttle" });
  await throttle.getByRole("button", { name: "Add a limit" }).click();
  await expect(throttle.getByText("A burst of 100 takes about 9 min.")).toBeVisible();
  await throttle.getByRole("textbox", { name: "Calls of limit 1" }).fill("0");
  await expect(throttle.getByRole("textbox", { name: "Calls of limit 1" })).toHaveValue("0");
  await expect(throttle.getByRole("alert").first()).toBeVisible();
  await throttle.getByRole("textbox", { name: "Calls of limit 1" }).fill("1");
  await expect(throttle.getByText("A burst of 100 takes about 1 h 39 min.")).toBeVisible();
  await shot(page, "cards");
});

test("an output is pinned by hand and edited, and a test of it leaves its lines in the log", async ({ page, request, server }) => {
  const seed = new Seed(request, server.baseUrl);
  const give = { id: "give", type: "set", name: "Give", position: { x: 320, y: 0 }, config: { values: { a: 1 } } };
  const edges = [{ id: "e1", source: "start", target: "give" }];
  const id = await seed.workflow("Pins", { schemaVersion: 1, nodes: [start, give], edges });
  await page.goto(`/workflows/${id}?node=give&tab=test`);
  await page.getByRole("button", { name: "Pin by hand" }).click();
  const pinned = page.getByRole("region", { name: "Pinned output" });
  await pinned.getByRole("textbox", { name: "Pinned output" }).fill('{ "a": ');
  await expect(pinned.getByRole("alert")).toContainText("Not valid JSON");
  await pinned.getByRole("textbox", { name: "Pinned output" }).fill('{ "a": 5 }');
  await pinned.getByRole("button", { name: "Pin it" }).click();
  await pinned.getByRole("button", { name: "Edit" }).click();
  await pinned.getByRole("textbox", { name: "Pinned output" }).fill('{ "a": 6 }');
  await pinned.getByRole("button", { name: "Pin it" }).click();
  const pins = async () => (await seed.get<Draft>(`/workflows/${id}`)).draft.document.testing?.pins;
  await expect.poll(pins).toEqual({ give: { output: { a: 6 }, port: "out" } });

  await page.getByRole("tabpanel", { name: "Test" }).getByRole("button", { name: "Run to here" }).click();
  const log = page.getByRole("region", { name: "Log" });
  await log.getByRole("button", { name: /^Log/ }).click();
  await expect(log.getByText(/^succeeded/).last()).toBeVisible();
  await shot(page, "log");

  await page.keyboard.press("l");
  await expect(log.getByRole("list", { name: "Lines" })).toHaveCount(0);
  await page.keyboard.press("l");
  await expect(log.getByText("Run succeeded")).toBeFocused();
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("region", { name: "Step Order placed" })).toBeVisible();
  await page.setViewportSize({ width: 390, height: 800 });
  await expect(log.getByText(/^succeeded/).last()).toBeInViewport();
  await shot(page, "log-390");
  await log.getByRole("button", { name: "Clear" }).click();
  await expect(log.getByText("Nothing here yet.")).toBeVisible();
});
