import { expect } from "@playwright/test";
import { Seed } from "../fixtures/api.ts";
import { expectSound } from "../fixtures/axe.ts";
import { shot } from "../fixtures/shot.ts";
import { test } from "../fixtures/test.ts";
import { EditorPage } from "../pages/editor-page.ts";

/** start → each order → (charge → note) → done → total, and a step that is wired to nothing. */
const looping = {
  schemaVersion: 1,
  nodes: [
    { id: "start", type: "manual", name: "Start", position: { x: 0, y: 0 } },
    {
      id: "loop",
      type: "for-each",
      name: "Each order",
      position: { x: 300, y: 0 },
      config: { items: "{{ trigger.body.orders }}", concurrency: 4 },
    },
    { id: "charge", type: "set", name: "Charge", position: { x: 640, y: -40 }, config: { values: { id: "{{ item.id }}" } } },
    { id: "note", type: "set", name: "Note", position: { x: 940, y: -40 }, config: { values: { done: true } } },
    {
      id: "total",
      type: "set",
      name: "Total",
      position: { x: 640, y: 180 },
      config: { values: { all: "{{ steps.loop.output.succeeded }}" } },
    },
    { id: "loose", type: "set", name: "Loose", position: { x: 300, y: 300 }, config: { values: { a: 1 } } },
  ],
  edges: [
    { id: "e1", source: "start", target: "loop" },
    { id: "e2", source: "loop", sourcePort: "item", target: "charge" },
    { id: "e3", source: "charge", target: "note" },
    { id: "e4", source: "loop", sourcePort: "done", target: "total" },
  ],
};

test("a loop stands in its frame, is tested in parts, and its output is pinned", async ({ page, request, server }) => {
  const seed = new Seed(request, server.baseUrl);
  const id = await seed.workflow("Orders in a loop", looping);
  await seed.post(`/workflows/${id}/runs`, { mode: "test", input: { orders: [{ id: 1 }, { id: 2 }, { id: 3 }] }, until: "start" });
  await page.goto(`/workflows/${id}`);
  const editor = new EditorPage(page);
  const frame = page.locator("[data-frame=loop]");
  await expect(frame.getByRole("button", { name: /for each item · 4 at a time/ })).toBeVisible();
  // By its shape: moving fits everything into view, so sizes in pixels change anyway.
  const shape = async () => {
    const box = await frame.boundingBox();
    return box === null ? 0 : box.height / box.width;
  };
  const before = await shape();
  await editor.moveWithKeyboard("Note");
  await expect.poll(shape).toBeGreaterThan(before + 0.01);

  await page.getByRole("button", { name: "Show a run on the canvas" }).click();
  await page.getByRole("menuitem").first().click();
  await editor.expectNodeStatus("Start", "succeeded");
  await editor.step("Charge").hover();
  await page.getByRole("toolbar", { name: "Actions of Charge" }).getByRole("button", { name: "Run to here" }).click();
  await editor.expectNodeStatus("Charge", "succeeded");
  await expect(editor.step("Charge")).toContainText("3×");
  await editor.expectNodeStatus("Note", "none");
  await editor.expectNodeStatus("Total", "none");
  await shot(page, "loop");
  await expectSound(page);

  await page.goto(`/workflows/${id}?node=note&tab=test`);
  await page.getByRole("button", { name: "Show a run on the canvas" }).click();
  await page.getByRole("menuitem").first().click();
  const alone = page.getByRole("button", { name: "Run only this step" });
  await expect(alone).toHaveAttribute("aria-disabled", "true");
  await page.getByRole("combobox", { name: "Test with" }).click();
  await page.getByRole("option", { name: "item 1" }).click();
  await expect(frame).toContainText("tests take item 1");
  await alone.click();
  await editor.expectNodeStatus("Note", "succeeded");
  await expect(editor.step("Charge")).not.toContainText("3×");
  const { items } = await seed.get<{ items: { id: string }[] }>(`/runs?workflowId=${id}&limit=1`);
  const { steps } = await seed.get<{ steps: { nodeId: string; iteration: string }[] }>(`/runs/${items[0]?.id}`);
  expect(steps.filter(({ nodeId }) => nodeId === "note").map(({ iteration }) => iteration)).toEqual(["1"]);
  await shot(page, "one-item");

  await page.goto(`/workflows/${id}?node=loop&tab=test`);
  await page.getByRole("button", { name: "Show a run on the canvas" }).click();
  await page.getByRole("menuitem").first().click();
  await page.getByRole("button", { name: "Pin output" }).click();
  await expect(page.getByRole("region", { name: "Pinned output" })).toContainText("Live runs do not look at it");
  await expect(editor.step("Each order")).toContainText("pinned for tests");
  await editor.expectSaved();
  await page.locator("[data-step-name=Total]").focus();
  await page.keyboard.press("Control+Shift+Enter");
  await editor.expectNodeStatus("Total", "succeeded");
  await editor.expectNodeStatus("Charge", "none");
  await shot(page, "pinned");
  await seed.publish(id);
});

test("steps are found, dropped on a wire, and what changed is compared with the version", async ({ page, request, server }) => {
  const seed = new Seed(request, server.baseUrl);
  const id = await seed.workflow("Compared", looping);
  await seed.publish(id);
  await page.goto(`/workflows/${id}`);
  const editor = new EditorPage(page);
  await page.locator("[data-step-name=Start]").focus();
  await page.keyboard.press("Control+f");
  const find = page.getByRole("search");
  await find.getByLabel("Find a step").fill("set values");
  await expect(find.getByRole("status")).toHaveText("1 of 4");
  await page.keyboard.press("Enter");
  await expect(find.getByRole("status")).toHaveText("2 of 4");
  await shot(page, "find");
  await page.keyboard.press("Escape");

  const wire = await page.locator('.react-flow__edge[data-id="e3"]').boundingBox();
  const loose = await editor.step("Loose").boundingBox();
  if (!wire || !loose) throw new Error("nothing to drag");
  await page.mouse.move(loose.x + 60, loose.y + 12);
  await page.mouse.down();
  await page.mouse.move(wire.x + wire.width / 2, wire.y + wire.height / 2 + 2, { steps: 12 });
  await page.mouse.up();
  await expect(editor.step("Loose")).toHaveAttribute("aria-label", /from Charge, to Note/);
  await editor.expectSaved();
  for (const width of [1024, 390]) {
    await page.setViewportSize({ width, height: 800 });
    await shot(page, `editor-${width}`);
  }
  await page.setViewportSize({ width: 1440, height: 900 });

  await page.goto(`/workflows/${id}/versions?from=1`);
  await expect(
    page
      .getByText("added", { exact: true })
      .or(page.getByRole("group", { name: "Total, the same" }))
      .first(),
  ).toBeVisible();
  await shot(page, "versions");
  await expectSound(page);
  await page.getByRole("tab", { name: "Field by field" }).click();
  await expect(page.getByText("Charge → Loose")).toBeVisible();
  await shot(page, "fields");
  await page.setViewportSize({ width: 390, height: 800 });
  await shot(page, "versions-390");
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.getByRole("link", { name: "Restore to draft" }).click();
  await expect(page.getByText("Version 1 is in the draft")).toBeVisible();
  await expect(editor.step("Loose")).not.toHaveAttribute("aria-label", /from Charge/);
  await expect(page).not.toHaveURL(/restore/);
});
