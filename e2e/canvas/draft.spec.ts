import { expect, type Page } from "@playwright/test";
import { Seed, smallDocument } from "../fixtures/api.ts";
import { savedDraft } from "../fixtures/graph.ts";
import { shot } from "../fixtures/shot.ts";
import { test } from "../fixtures/test.ts";
import { EditorPage } from "../pages/editor-page.ts";

/* Nothing is ever lost: not to a lost connection, a closed tab, or a second person at the same draft. */

/** To the page, the server is gone for saves. */
async function loseServer(page: Page): Promise<() => Promise<void>> {
  const draft = "**/api/v1/workflows/*/draft";
  await page.route(draft, (route) => route.abort("connectionrefused"));
  return () => page.unroute(draft);
}

const status = (page: Page) => page.getByRole("status", { name: /^Draft:/ });

test("check 13: the label tells how saving stands, edits made offline and while the server is dead are kept in the browser and offered again, and what is live does not change", async ({
  page,
  context,
  request,
  server,
}) => {
  test.setTimeout(120_000); // the server is killed, and starts again
  const seed = new Seed(request, server.baseUrl);
  const id = await seed.workflow("Honest", smallDocument("one"));
  await seed.publish(id);
  const editor = new EditorPage(page);
  const live = async () =>
    (await seed.get<{ versions?: unknown; liveVersion: number; latestDocument: object }>(`/workflows/${id}`)).latestDocument;
  const published = await live();
  const nameOf = async (node: string) => (await savedDraft(seed, id)).nodes.find((each) => each.id === node)?.name;
  await page.goto(`/workflows/${id}`);

  // The save is held so that its label can be seen, and an edit is made meanwhile.
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route("**/api/v1/workflows/*/draft", async (route) => {
    await held;
    await route.continue();
  });
  await editor.rename("Give", "First");
  await expect(status(page)).toHaveAccessibleName("Draft: Saving…");
  await editor.rename("First", "Second");
  release();
  await expect.poll(() => nameOf("give")).toBe("Second");
  await expect(status(page)).toHaveAccessibleName(/^Draft: Saved \d\d:\d\d:\d\d$/);
  await page.unroute("**/api/v1/workflows/*/draft");

  await context.setOffline(true);
  await editor.rename("Second", "Offline");
  await expect(status(page)).toHaveAccessibleName("Draft: Offline, kept in this browser");
  await context.setOffline(false);
  await expect.poll(() => nameOf("give")).toBe("Offline");
  await editor.expectSaved();

  await server.crash();
  await editor.rename("Offline", "Kept");
  await expect(status(page)).toHaveAccessibleName("Draft: Offline, kept in this browser");
  // Leaving warns; whoever leaves anyway finds the edits again.
  let warned = false;
  page.on("dialog", (dialog) => {
    warned = dialog.type() === "beforeunload";
    void dialog.accept();
  });
  await page.close({ runBeforeUnload: true });
  await expect.poll(() => warned).toBe(true);
  await server.revive();
  expect(await live()).toEqual(published);
  const back = await context.newPage();
  const again = new EditorPage(back);
  await back.goto(`/workflows/${id}`);
  await again.expectNode("Offline");
  await expect(back.getByText("were kept in this browser and never saved")).toBeVisible();
  await back.getByRole("button", { name: "Restore them" }).click();
  await again.expectNode("Kept");
  await expect.poll(() => nameOf("give")).toBe("Kept");
  expect(await live()).toEqual(published);
  await back.close();
});

test("check 14: two people edit one draft; the second is told quietly, sees both sides, joins them, takes theirs or keeps a copy, and loses nothing", async ({
  page,
  browser,
  ownerState,
  request,
  server,
}) => {
  const seed = new Seed(request, server.baseUrl);
  test.setTimeout(120_000); // many small edits, each waited for
  const id = await seed.workflow("Shared", smallDocument("one"));
  const draft = () => savedDraft(seed, id);
  const names = async () => (await draft()).nodes.map((node) => node.name);
  const elsewhere = await browser.newContext({ baseURL: server.baseUrl, storageState: ownerState });
  const theirs = await elsewhere.newPage();
  const mine = new EditorPage(page);
  const other = new EditorPage(theirs);
  await page.goto(`/workflows/${id}`);
  await theirs.goto(`/workflows/${id}`);
  await mine.expectNode("Give");
  await other.expectNode("Give");

  // Different things: both are kept without a question.
  await conflict(page, theirs, { mine: ["Give", "Give mine"], theirs: ["Start", "Start theirs"] });
  const dialog = page.getByRole("dialog", { name: "Somebody else saved this draft" });
  await expect(dialog.getByRole("region", { name: "What you changed" })).toContainText("Give mine");
  await expect(dialog.getByRole("region", { name: "What was saved meanwhile" })).toContainText("Start theirs");
  await expect(dialog.getByText("You changed different things, so both can be kept.")).toBeVisible();
  await shot(page, "both");
  await dialog.getByRole("button", { name: "Join both" }).click();
  await expect.poll(names).toEqual(["Start theirs", "Give mine"]);
  await mine.expectSaved();

  // The same thing: a person chooses, and undo brings the other back.
  await theirs.reload();
  await other.expectNode("Give mine");
  await conflict(page, theirs, { mine: ["Give mine", "Ours"], theirs: ["Give mine", "Yours"] });
  await shot(page, "collision");
  const place = dialog.getByRole("group", { name: /name$/ });
  await expect(place.getByRole("radio", { name: /^Yours/ })).toBeChecked();
  await place.getByRole("radio", { name: /^Theirs/ }).check();
  await dialog.getByRole("button", { name: "Join both" }).click();
  await mine.expectNode("Yours");
  await expect(dialog).toBeHidden();
  await page.keyboard.press("Control+z");
  await expect.poll(names).toEqual(["Start theirs", "Ours"]);

  // Theirs is taken, and mine goes on as a workflow of its own.
  await theirs.reload();
  await other.expectNode("Ours");
  await conflict(page, theirs, { mine: ["Ours", "Copied"], theirs: ["Ours", "Taken"] });
  await dialog.getByRole("button", { name: "Keep mine as a copy" }).click();
  await mine.expectNode("Taken");
  await expect.poll(names).toEqual(["Start theirs", "Taken"]);
  const { items } = await seed.get<{ items: { id: string; name: string }[] }>("/workflows?limit=100");
  const copy = items.find((workflow) => workflow.name === "Shared (my copy)");
  expect((await savedDraft(seed, copy?.id ?? "")).nodes.map((node) => node.name)).toEqual(["Start theirs", "Copied"]);

  // Take theirs: an edit like any other, so undo brings mine back.
  await theirs.reload();
  await other.expectNode("Taken");
  await conflict(page, theirs, { mine: ["Taken", "Mine again"], theirs: ["Taken", "Theirs again"] });
  await dialog.getByRole("button", { name: "Take theirs" }).click();
  await mine.expectNode("Theirs again");
  await expect(dialog).toBeHidden();
  await page.keyboard.press("Control+z");
  await expect.poll(names).toEqual(["Start theirs", "Mine again"]);
  await elsewhere.close();
});

/** They save first; my save is refused, my typing goes on undisturbed, and then I open the comparison. */
async function conflict(page: Page, theirs: Page, edits: { mine: [string, string]; theirs: [string, string] }): Promise<void> {
  const restore = await loseServer(page);
  await new EditorPage(page).rename(...edits.mine);
  await expect(status(page)).toHaveAccessibleName("Draft: Offline, kept in this browser");
  await new EditorPage(theirs).rename(...edits.theirs);
  await new EditorPage(theirs).expectSaved();
  await restore();
  await page.keyboard.press("Control+s");
  await expect(status(page)).toHaveAccessibleName("Draft: Conflict");
  await expect(page.getByRole("dialog")).toBeHidden();
  await page.getByRole("button", { name: "Compare and decide" }).click();
}
