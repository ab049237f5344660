import { expect, type Page } from "@playwright/test";
import { documentSchema } from "#lib/graph/document.ts";
import { Seed, smallDocument } from "../fixtures/api.ts";
import { savedDraft, savedGraph } from "../fixtures/graph.ts";
import { test } from "../fixtures/test.ts";
import { EditorPage } from "../pages/editor-page.ts";

/* Every edit can be taken back, whichever way it was made, and what is copied comes out whole in another workflow. */

/** start → one → two, and a step that is wired to nothing. */
const row = {
  schemaVersion: 1,
  nodes: [
    { id: "start", type: "manual", name: "Start", position: { x: 0, y: 0 } },
    { id: "one", type: "set", name: "One", position: { x: 320, y: 0 }, config: { values: { a: 1 } } },
    {
      id: "two",
      type: "http-request",
      name: "Two",
      position: { x: 640, y: 0 },
      config: { url: "https://example.com/{{ steps.one.output.a }}", headers: { Authorization: "Bearer s3cr3t" } },
    },
    { id: "loose", type: "respond", name: "Loose", position: { x: 640, y: 240 } },
  ],
  edges: [
    { id: "e1", source: "start", target: "one" },
    { id: "e2", source: "one", target: "two" },
  ],
};

async function undoes(page: Page): Promise<string | null> {
  const button = page.getByRole("button", { name: /^Undo(:|$)/ });
  return (await button.getAttribute("aria-disabled")) === "true" ? null : button.getAttribute("aria-label");
}

test("check 11: twelve mixed edits are undone to the start and redone, across autosaves; a word is one step, and a field keeps its own undo", async ({
  page,
  context,
  request,
  server,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const seed = new Seed(request, server.baseUrl);
  test.setTimeout(120_000); // many small edits, each waited for
  const id = await seed.workflow("Undone", row);
  // Parsed, so that what is left to its default is the same as the default.
  const at = async () => documentSchema.parse(await savedDraft(seed, id));
  const editor = new EditorPage(page);
  await page.goto(`/workflows/${id}`);
  await editor.expectNode("Loose");
  const first = await at();
  const labels: (string | null)[] = [];
  const edit = async (label: RegExp, act: () => Promise<void>) => {
    await act();
    await expect(page.getByRole("button", { name: label })).toBeVisible();
    labels.push(await undoes(page));
  };
  await edit(/^Undo: Move step/, () => editor.drag("Loose", { x: 40, y: 60 }));
  await edit(/^Undo: Move step/, () => editor.moveWithKeyboard("One"));
  await edit(/^Undo: Connect/, () => editor.connect("Two", "Loose"));
  await edit(/^Undo: Rename/, () => editor.rename("Loose", "Answer"));
  await edit(/^Undo: Disable step/, async () => {
    await editor.select("Answer");
    await page.keyboard.press("d");
  });
  await edit(/^Undo: Duplicate step/, async () => {
    await editor.select("One");
    await page.keyboard.press("Control+d");
  });
  await edit(/^Undo: Paste step/, async () => {
    await page.keyboard.press("Control+c");
    await page.keyboard.press("Control+v");
  });
  await edit(/^Undo: Add Set values/, () => editor.addNode("Set values"));
  await edit(/^Undo: Delete step/, () => editor.remove("Set values"));
  await edit(/^Undo: Tidy up/, async () => {
    await page.keyboard.press("Escape");
    await page.keyboard.press("Shift+1");
  });
  await edit(/^Undo: Add note/, async () => {
    await page.keyboard.press("n");
    await page.keyboard.press("Escape");
  });
  // A setting, typed letter by letter, is one step; Ctrl Z in the field belongs to the field.
  await editor.openSettings("Two");
  const url = page.getByRole("textbox", { name: /^URL/ });
  await url.fill("");
  await edit(/^Undo: Edit Two/, async () => {
    await url.pressSequentially("https://example.com/orders");
  });
  await editor.expectSaved();
  const last = await at();
  expect(last.nodes.find((node) => node.id === "two")?.config.url).toBe("https://example.com/orders");
  await page.keyboard.press("Control+z");
  await expect(page.getByRole("button", { name: /^Redo/ })).toHaveAttribute("aria-disabled", "true");
  await url.fill("https://example.com/orders");
  await page.getByRole("button", { name: "Close the panel" }).click();
  await editor.step("Two").focus();
  expect(new Set(labels).size).toBeGreaterThanOrEqual(11);

  let undone = 0;
  for (; (await undoes(page)) !== null && undone < 30; undone++) await page.keyboard.press("Control+z");
  await editor.expectSaved();
  await expect.poll(at).toEqual(first);
  for (let redone = 0; redone < undone; redone++) await page.keyboard.press("Control+Shift+z");
  await expect.poll(at).toEqual(last);
  expect(undone).toBeGreaterThanOrEqual(12);
});

test("check 12: a step moved by the arrow keys stands there after the page is loaded again, and the move can be undone", async ({
  page,
  request,
  server,
}) => {
  const seed = new Seed(request, server.baseUrl);
  const id = await seed.workflow("Moved by key", smallDocument("one"));
  const editor = new EditorPage(page);
  const place = async () => (await savedDraft(seed, id)).nodes.find((node) => node.id === "give")?.position;
  await page.goto(`/workflows/${id}`);
  await editor.step("Start").focus();
  await page.keyboard.press("ArrowRight");
  await expect(editor.step("Give")).toBeFocused();
  const before = await place();
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("Shift+ArrowDown");
  await expect.poll(place).not.toEqual(before);
  await editor.expectSaved();
  const after = await place();
  await page.reload();
  await editor.expectNode("Give");
  expect(await place()).toEqual(after);
  const drawn = await page.locator('.react-flow__node[data-id="give"]').getAttribute("style");
  expect(drawn).toContain(`translate(${after?.x}px, ${after?.y}px)`);
  await editor.step("Give").focus();
  await page.keyboard.press("Shift+ArrowUp");
  await expect.poll(place).not.toEqual(after);
  await page.keyboard.press("Control+z");
  await expect.poll(place).toEqual(after);
});

test("check 15: three wired steps copied in one tab come out in another workflow under new ids, still wired, without secrets", async ({
  page,
  context,
  request,
  server,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const seed = new Seed(request, server.baseUrl);
  const from = await seed.workflow("Copied from", row);
  const to = await seed.workflow("Pasted into", smallDocument("one"));
  const editor = new EditorPage(page);
  await page.goto(`/workflows/${from}`);
  await editor.step("Two").click({ button: "right", position: { x: 60, y: 10 } });
  await page.getByRole("menuitem", { name: "Select everything before" }).click();
  await expect(page.getByRole("menu")).toBeHidden();
  await page.keyboard.press("Control+c");
  const text = await page.evaluate(() => navigator.clipboard.readText());
  expect(text).toContain('"sluice": "steps"');
  expect(text).not.toContain("s3cr3t");

  const other = await context.newPage();
  const second = new EditorPage(other);
  await other.goto(`/workflows/${to}`);
  await second.expectNode("Give");
  await second.step("Give").focus();
  await other.keyboard.press("Control+v");
  await second.expectNode("Two");
  await expect.poll(() => savedGraph(seed, to)).toEqual(["Give: nothing", "One > Two", "Start 2 > One", "Start > Give", "Two: nothing"]);
  const pasted = await savedDraft(seed, to);
  const ids = row.nodes.map((node) => node.id);
  expect(pasted.nodes.filter((node) => ["One", "Two", "Start 2"].includes(node.name)).map((node) => ids.includes(node.id))).toEqual([
    false,
    false,
    false,
  ]);
  const one = pasted.nodes.find((node) => node.name === "One");
  expect(pasted.nodes.find((node) => node.name === "Two")?.config.url).toBe(`https://example.com/{{ steps.${one?.id}.output.a }}`);
  await other.close();
});
