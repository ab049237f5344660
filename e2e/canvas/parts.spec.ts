import { expect, type Locator, type Page } from "@playwright/test";
import { Seed, smallDocument } from "../fixtures/api.ts";
import { savedDraft } from "../fixtures/graph.ts";
import { shot } from "../fixtures/shot.ts";
import { test } from "../fixtures/test.ts";
import { EditorPage } from "../pages/editor-page.ts";

/* A part of a workflow is tried out, what was edited since is marked, and what ran can be had again. */

const set = (id: string, name: string, x: number, value: string, y = 0) => ({
  id,
  type: "set",
  name,
  position: { x, y },
  config: { values: { value } },
});

const row = {
  schemaVersion: 1,
  nodes: [
    { id: "hook", type: "webhook", name: "Hook", position: { x: 0, y: 0 } },
    set("one", "One", 320, "{{ trigger.body.word }}"),
    set("two", "Two", 640, "{{ steps.one.output.value }}!"),
    set("three", "Three", 960, "{{ steps.two.output.value }}?"),
  ],
  edges: [
    { id: "e1", source: "hook", target: "one" },
    { id: "e2", source: "one", target: "two" },
    { id: "e3", source: "two", target: "three" },
  ],
};

async function choose(editor: EditorPage, page: Page, step: string, entry: string): Promise<void> {
  await editor.step(step).click({ button: "right", position: { x: 60, y: 10 } });
  await page.getByRole("menuitem", { name: entry }).click();
  await expect(page.getByRole("menu")).toBeHidden();
}

test("the next event is captured and run with, one step and the rest are run by themselves, edited steps are marked and what ran is restored", async ({
  page,
  request,
  server,
}) => {
  const seed = new Seed(request, server.baseUrl);
  const id = await seed.workflow("Tried in parts", row);
  const published = await seed.post<{ triggers: { url?: string }[] }>(`/workflows/${id}/publish`, {});
  const editor = new EditorPage(page);
  await page.goto(`/workflows/${id}`);
  await editor.expectNode("Three");
  await page.getByRole("button", { name: "Run", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Run the draft" });
  await dialog.getByRole("button", { name: "Capture the next one" }).click();
  await expect(dialog.getByText("Waiting for an event…")).toBeVisible();
  const url = published.triggers[0]?.url ?? "";
  expect((await request.post(url, { data: { word: "captured" } })).status()).toBe(202);
  await expect(dialog.getByText("Waiting for an event…")).toBeHidden();
  await expect(dialog.getByRole("textbox", { name: "Input" })).toContainText("captured");
  await dialog.getByRole("button", { name: "Start run" }).click();
  await editor.expectNodeStatus("Three", "succeeded");

  await choose(editor, page, "Two", "Run only this step");
  await editor.expectNodeStatus("Two", "succeeded");
  await editor.expectNodeStatus("Three", "none");
  await expect(page.getByRole("region", { name: "Run" })).toHaveAttribute("data-run-status", "succeeded");
  await page.getByRole("button", { name: "Other runs" }).click();
  await page.getByRole("menuitem").nth(1).click();
  await editor.expectNodeStatus("Three", "succeeded");
  await choose(editor, page, "Three", "Run from here");
  await editor.expectNodeStatus("Three", "succeeded");
  // The run that was shown before had succeeded there, too.
  const tested = async () => (await seed.get<{ items: { id: string; status: string }[] }>(`/runs?workflowId=${id}&mode=test`)).items;
  await expect.poll(async () => (await tested()).map(({ status }) => status)).toEqual(["succeeded", "succeeded", "succeeded"]);
  const items = await tested();
  const outputs = await Promise.all(
    items.map(async (item) => {
      const run = await seed.get<{ steps: { id: string; nodeId: string }[] }>(`/runs/${item.id}`);
      const of = async (nodeId: string) => {
        const step = run.steps.find((each) => each.nodeId === nodeId);
        return step === undefined ? null : (await seed.get<{ output: unknown }>(`/runs/${item.id}/steps/${step.id}`)).output;
      };
      return { two: await of("two"), three: await of("three") };
    }),
  );
  expect(outputs.map(({ three }) => three)).toEqual([{ value: "captured!?" }, null, { value: "captured!?" }]);
  expect(outputs[1]?.two).toEqual({ value: "captured!" });

  // What was edited since the shown run is marked, and can be taken back to what ran.
  await editor.openSettings("Three");
  await page.getByRole("textbox", { name: /value/i }).last().fill("changed");
  await expect(editor.step("Three").getByText("edited")).toBeVisible();
  await expect(editor.step("Two").getByText("edited")).toBeHidden();
  await shot(page, "stale");
  await page.getByRole("button", { name: "Restore what ran into the draft" }).click();
  await expect(editor.step("Three").getByText("edited")).toBeHidden();
  await expect
    .poll(async () => (await savedDraft(seed, id)).nodes[3]?.config)
    .toEqual({ values: { value: "{{ steps.two.output.value }}?" } });
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: /^Undo: Restore what ran/ }).click();
  await expect(editor.step("Three").getByText("edited")).toBeVisible();
});

/** start → each order → (call → each line → (pack)) → total */
const nested = (called: string) => ({
  schemaVersion: 1,
  nodes: [
    { id: "start", type: "manual", name: "Start", position: { x: 0, y: 0 } },
    { id: "orders", type: "for-each", name: "Each order", position: { x: 300, y: 0 }, config: { items: "{{ trigger.body.orders }}" } },
    { id: "call", type: "sub-workflow", name: "Book it", position: { x: 900, y: 400 }, config: { workflowId: called, wait: true } },
    { id: "lines", type: "for-each", name: "Each line", position: { x: 500, y: -300 }, config: { items: "{{ item.lines }}" } },
    set("pack", "Pack", 200, "{{ item }}", 500),
    set("total", "Total", 100, "done", -400),
  ],
  edges: [
    { id: "e1", source: "start", target: "orders" },
    { id: "e2", source: "orders", sourcePort: "item", target: "call" },
    { id: "e3", source: "call", target: "lines" },
    { id: "e4", source: "lines", sourcePort: "item", target: "pack" },
    { id: "e5", source: "orders", sourcePort: "done", target: "total" },
  ],
});

async function boxOf(locator: Locator) {
  const box = await locator.boundingBox();
  if (box === null) throw new Error("it is not drawn");
  return box;
}

async function isInside(inner: Locator, outer: Locator): Promise<boolean> {
  const [a, b] = [await boxOf(inner), await boxOf(outer)];
  return a.x >= b.x - 1 && a.y >= b.y - 1 && a.x + a.width <= b.x + b.width + 1 && a.y + a.height <= b.y + b.height + 1;
}

test("tidying puts a loop within a loop into its frame, its steps inside and the others outside, and a called workflow is a link away", async ({
  page,
  request,
  server,
}) => {
  const seed = new Seed(request, server.baseUrl);
  const called = await seed.workflow("The called one", smallDocument("booked"));
  await seed.publish(called);
  const id = await seed.workflow("Nested", nested(called));
  const editor = new EditorPage(page);
  await page.goto(`/workflows/${id}`);
  await editor.expectNode("Total");
  const [outer, inner] = [page.locator("[data-frame=orders]"), page.locator("[data-frame=lines]")];
  await page.keyboard.press("Shift+1");
  await expect(page.getByRole("button", { name: /^Undo: Tidy up/ })).toBeVisible();
  await editor.fit();
  await expect.poll(() => isInside(inner, outer)).toBe(true);
  for (const name of ["Book it", "Each line", "Pack"]) expect(await isInside(editor.step(name), outer), name).toBe(true);
  expect(await isInside(editor.step("Pack"), inner)).toBe(true);
  for (const name of ["Book it", "Each line"]) expect(await isInside(editor.step(name), inner), name).toBe(false);
  for (const name of ["Start", "Each order", "Total"]) expect(await isInside(editor.step(name), outer), name).toBe(false);
  const boxes = await Promise.all(["Start", "Each order", "Book it", "Each line", "Pack", "Total"].map((name) => boxOf(editor.step(name))));
  for (const [index, a] of boxes.entries()) {
    for (const b of boxes.slice(index + 1)) {
      const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
      expect(apart, "no step lies on another").toBe(true);
    }
  }
  await shot(page, "nested");
  await editor.expectSaved();

  await page.getByRole("button", { name: "Run", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Run the draft" });
  const input = dialog.getByRole("textbox", { name: "Input" });
  await input.fill(JSON.stringify({ orders: [{ lines: ["a", "b"] }, { lines: ["c"] }] }));
  await dialog.getByRole("button", { name: "Start run" }).click();
  await editor.expectNodeStatus("Total", "succeeded");
  await expect(editor.step("Pack")).toContainText("3×");
  await expect(editor.step("Book it")).toContainText("2×");
  await shot(page, "nested-run");

  await editor.step("Book it").getByRole("link", { name: "The called one" }).click();
  await expect(page.getByRole("heading", { level: 1, name: /The called one/ })).toBeVisible();
  await editor.expectNode("Give");
});
