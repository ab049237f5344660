import { expect, type Page } from "@playwright/test";
import { Seed, smallDocument } from "../fixtures/api.ts";
import { setTarget } from "../fixtures/failing.ts";
import { savedGraph } from "../fixtures/graph.ts";
import { test } from "../fixtures/test.ts";
import { EditorPage } from "../pages/editor-page.ts";

/* A workflow can be built whole by mouse, by keyboard, and by touch. */

test("check 8: by mouse steps are dragged in, put on a wire, connected and reconnected, and a deleted one joins its neighbours", async ({
  page,
  request,
  server,
}) => {
  const seed = new Seed(request, server.baseUrl);
  const id = await seed.workflow("Built by mouse", smallDocument("one"));
  const graph = () => savedGraph(seed, id);
  const editor = new EditorPage(page);
  await page.goto(`/workflows/${id}`);
  await editor.expectNode("Give");
  await editor.dragIn("Respond", { x: 700, y: 640 });
  await expect.poll(graph).toEqual(["Give: nothing", "Respond: nothing", "Start > Give"]);

  await page.getByRole("button", { name: "Insert a step between Start and Give" }).click();
  await editor.pickType("Set values");
  await expect.poll(graph).toEqual(["Give: nothing", "Respond: nothing", "Set values > Give", "Start > Set values"]);

  await editor.fit();
  await editor.connect("Give", "Respond");
  await expect.poll(graph).toEqual(["Give > Respond", "Respond: nothing", "Set values > Give", "Start > Set values"]);

  // The end of the wire is taken from Give to Respond.
  await editor.dragEnd("Set values", "Give", "Respond");
  await expect.poll(graph).toEqual(["Give > Respond", "Respond: nothing", "Set values > Respond", "Start > Set values"]);

  await page.keyboard.press("Control+z");
  await expect.poll(graph).toEqual(["Give > Respond", "Respond: nothing", "Set values > Give", "Start > Set values"]);
  await editor.remove("Set values");
  await expect.poll(graph).toEqual(["Give > Respond", "Respond: nothing", "Start > Give"]);
});

/** Counts what a pointer did on the page from now on, also on pages loaded later. */
async function countPointers(page: Page): Promise<() => Promise<number>> {
  let count = 0;
  await page.exposeFunction("pointerSeen", () => {
    count += 1;
  });
  await page.addInitScript(() => {
    const seen = (event: Event) => {
      // Enter on a button makes a click, too; a pointer's has a pressed button before it.
      if (event.isTrusted) Reflect.get(window, "pointerSeen")();
    };
    for (const type of ["pointerdown", "mousedown", "touchstart"]) document.addEventListener(type, seen, true);
  });
  return async () => count;
}

test("check 9: by keyboard alone a workflow is built, connected, named, set, saved and run", async ({ page, request, server }) => {
  const seed = new Seed(request, server.baseUrl);
  test.setTimeout(120_000); // many small edits, each waited for
  const id = await seed.workflow("Built by keyboard", { schemaVersion: 1, nodes: [], edges: [] });
  await setTarget(request, server.baseUrl, "by-keyboard", { kind: "recorder" });
  const pointers = await countPointers(page);
  const editor = new EditorPage(page);
  await page.goto(`/workflows/${id}`);
  await expect(page.getByLabel("Workflow canvas")).toBeVisible();
  await page.keyboard.press("/");
  await editor.pickType("Manual", { by: "keyboard" });
  await expect(editor.step("Manual")).toBeFocused();
  await page.keyboard.press("a");
  await editor.pickType("HTTP request", { by: "keyboard" });
  await expect(editor.step("HTTP request")).toBeFocused();
  await page.keyboard.press("ArrowLeft");
  await expect(editor.step("Manual")).toBeFocused();
  await page.keyboard.press("/");
  await editor.pickType("Set values", { by: "keyboard" });
  await expect(editor.step("Set values")).toBeFocused();
  await page.keyboard.press("F2");
  await expect(page.getByRole("textbox", { name: "Step name" })).toBeFocused();
  await page.keyboard.press("Control+a");
  await page.keyboard.type("Notify");
  await page.keyboard.press("Enter");
  await expect(editor.step("Notify")).toBeFocused();

  // Both hang on the trigger by now; the second is to follow the first.
  await page.keyboard.press("ArrowLeft");
  await expect(editor.step("Manual")).toBeFocused();
  await connectTo(page, "Disconnect from Notify");
  await expect(editor.step("Notify")).not.toHaveAttribute("aria-label", /from Manual/);
  await expect(editor.step("Manual")).toBeFocused();
  await page.keyboard.press("ArrowRight");
  await expect(editor.step("HTTP request")).toBeFocused();
  await connectTo(page, "Notify");
  await expect(editor.step("HTTP request")).toHaveAttribute("aria-label", /to Notify/);
  await expect(editor.step("HTTP request")).toBeFocused();

  await page.keyboard.press("Enter");
  // Enter goes into the settings, to the first of them.
  await expect(page.getByRole("combobox", { name: "Connection" })).toBeFocused();
  await tabTo(page, "URL");
  await page.keyboard.type(`${server.baseUrl}/sandbox/by-keyboard/notify`);
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await expect(editor.step("HTTP request")).toBeFocused();
  await page.keyboard.press("Control+s");
  await editor.expectSaved();
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("dialog", { name: "Run the draft" })).toBeVisible();
  await expect(page.getByRole("textbox", { name: "Input" })).toBeVisible();
  await page.keyboard.press("Control+Enter");
  for (const name of ["Manual", "HTTP request", "Notify"]) await editor.expectNodeStatus(name, "succeeded");

  // What has a key is found by its name, too.
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("combobox", { name: "Search and commands" })).toBeFocused();
  await page.keyboard.type("publish");
  await expect(page.getByRole("option", { name: /^Publish/ })).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "Publish version 1" })).toBeVisible();
  expect(await pointers(), "events of a pointer").toBe(0);
});

/** "Connect to…" of the step the keyboard stands on, and the first line that these words find. */
async function connectTo(page: Page, words: string): Promise<void> {
  await page.keyboard.press("c");
  await expect(page.getByRole("combobox", { name: "Connect to" })).toBeFocused();
  await page.keyboard.type(words);
  await expect(page.getByRole("option", { name: words, exact: true })).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("combobox", { name: "Connect to" })).toBeHidden();
}

/** Presses Tab until a field of this name has the focus. */
async function tabTo(page: Page, label: string): Promise<void> {
  const field = page.getByRole("textbox", { name: new RegExp(`^${label}`) });
  await expect(field).toBeVisible();
  for (let pressed = 0; pressed < 40; pressed++) {
    if (await field.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab never reached ${label}`);
}

test.describe("on a phone", () => {
  test.use({ hasTouch: true, isMobile: true, viewport: { width: 844, height: 390 } });

  test("check 10: by touch a step is added and connected by tapping two handles; upright, from the list of steps", async ({
    page,
    request,
    server,
  }) => {
    const seed = new Seed(request, server.baseUrl);
    const loose = { id: "last", type: "set", name: "Last", position: { x: 640, y: 0 }, config: { values: { a: 1 } } };
    const small = smallDocument("one") as { nodes: object[] };
    const id = await seed.workflow("Built by touch", { ...small, nodes: [...small.nodes, loose] });
    const editor = new EditorPage(page);
    await page.goto(`/workflows/${id}`);
    await editor.expectNode("Last");
    await page.getByRole("button", { name: /^Fit/ }).tap();
    await editor.tapHandle("Give", "Output out");
    await editor.tapHandle("Last", "Input");
    await expect(editor.step("Give")).toHaveAttribute("aria-label", /to Last/);
    await editor.step("Last").getByRole("button", { name: "Add a step after out" }).tap();
    await page.getByRole("option", { name: /^Set values/ }).tap();
    await editor.expectNode("Set values");
    await expect.poll(() => savedGraph(seed, id)).toEqual(["Give > Last", "Last > Set values", "Set values: nothing", "Start > Give"]);

    await page.setViewportSize({ width: 390, height: 844 });
    const list = page.getByRole("list", { name: "Steps in order" });
    await expect(list.getByRole("button", { name: /^Last/ })).toBeVisible();
    await page.getByRole("button", { name: "Add a step" }).tap();
    await page.getByRole("option", { name: /^Respond/ }).tap();
    await expect(list.getByRole("button", { name: /^Respond/ })).toBeVisible();
    await expect.poll(() => savedGraph(seed, id)).toContain("Set values > Respond");
    await page.getByRole("button", { name: /^Undo/ }).tap();
    await expect(list.getByRole("button", { name: /^Respond/ })).toHaveCount(0);
    await page.getByRole("button", { name: /^Redo/ }).tap();
    await expect(list.getByRole("button", { name: /^Respond/ })).toBeVisible();
    await page.getByRole("button", { name: "Versions" }).tap();
    await expect(page.getByRole("dialog", { name: "Versions" })).toContainText("Nothing published yet");
  });
});
