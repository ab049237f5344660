import { expect, type Page } from "@playwright/test";
import { Seed } from "../fixtures/api.ts";
import { signInColleague } from "../fixtures/colleague.ts";
import { callDocument, failTimes, setTarget, stopDocument } from "../fixtures/failing.ts";
import { shot } from "../fixtures/shot.ts";
import { test } from "../fixtures/test.ts";

const issues = (page: Page) => page.getByRole("list", { name: "Issues" }).getByRole("listitem");

test("check 21: by keyboard two are snoozed and brought back, one is assigned, resolved, and comes back as regressed; the activity tells it all", async ({
  page,
  request,
  server,
}) => {
  test.setTimeout(120_000);
  const seed = new Seed(request, server.baseUrl);
  const workflows: string[] = [];
  for (const name of ["Alpha", "Beta", "Gamma", "Delta"]) {
    const id = await seed.workflow(`${name} by keyboard`, stopDocument(`${name} has no stock left`));
    await seed.publish(id);
    await failTimes(seed, id, 1);
    workflows.push(id);
  }
  await page.goto("/inbox?q=by+keyboard&sort=firstSeen");
  await expect(issues(page)).toHaveCount(4);
  // Newest first: Delta, Gamma, Beta, Alpha.
  for (const key of ["j", "j", "x", "x"]) await page.keyboard.press(key);
  await expect(page.getByRole("toolbar", { name: "Selected issues" })).toContainText("2 selected");
  await expect(page.getByRole("checkbox", { name: /Gamma/ })).toBeChecked();
  await expect(page.getByRole("checkbox", { name: /Beta/ })).toBeChecked();
  await shot(page, "selected");
  await page.keyboard.press("h");
  const dialog = page.getByRole("dialog", { name: "Snooze 2 issues until" });
  await expect(dialog).toBeVisible();
  await shot(page, "snooze");
  await dialog.getByLabel("After so many more items").fill("10");
  await page.keyboard.press("Control+Enter");
  await expect(issues(page)).toHaveCount(2);
  await expect(page.getByText("2 issues snoozed")).toBeVisible();
  await page.keyboard.press("u");
  await expect(issues(page)).toHaveCount(4);

  await issues(page).filter({ hasText: "Gamma" }).getByRole("link").click();
  await expect(page.getByRole("article", { name: /Gamma has no stock/ })).toBeVisible();
  await page.keyboard.press("a");
  await page
    .getByRole("dialog", { name: "Assign to" })
    .getByRole("button", { name: /Ada Owner/ })
    .click();
  await expect(issues(page).filter({ hasText: "Gamma" })).toContainText("Assigned to Ada Owner");
  await page.keyboard.press("e");
  await expect(issues(page)).toHaveCount(3);
  await expect(issues(page).filter({ hasText: "Beta" }).getByRole("link")).toBeFocused();
  await expect(page.getByRole("article", { name: /Beta has no stock/ })).toContainText("The workflow stopped here on purpose");

  await seed.post(`/workflows/${workflows[2]}/runs`, { input: { n: 2 } });
  const back = issues(page).filter({ hasText: "Gamma" });
  await expect(back).toContainText("Regressed", { timeout: 30_000 });
  await back.getByRole("link").click();
  await page.getByRole("tab", { name: "Notes and activity" }).click();
  const activity = page.getByRole("region", { name: "Activity" });
  for (const words of ["saw it come back", "resolved it", "assigned it to Ada Owner", "took the last change back", "after 10 more items"])
    await expect(activity).toContainText(words);

  await page.keyboard.press("n");
  const note = page.getByRole("textbox", { name: "Note" });
  await expect(note).toBeFocused();
  await note.fill("**Stock** was empty, see https://status.example/stock and [this](javascript:alert(1))");
  await expect(page.getByRole("region", { name: "Preview" }).locator("strong")).toHaveText("Stock");
  await page.keyboard.press("Control+Enter");
  const shown = page.getByRole("region", { name: "Note" });
  await expect(shown.locator("strong")).toHaveText("Stock");
  await expect(shown.getByRole("button", { name: "Edit" })).toBeFocused();
  await expect(shown.getByRole("link")).toHaveText(["https://status.example/stock"]);
  await expect(shown.getByRole("link")).toHaveAttribute("rel", /noopener/);
  await expect(activity).toContainText("changed the note");
  await page.emulateMedia({ colorScheme: "dark" });
  await shot(page, "activity-dark");
});

test("check 22: a second person is seen; an edit is refused with the reason while it is wrong; the same key ends as a duplicate, a new one is done; the item leaves only then", async ({
  page,
  request,
  server,
}) => {
  test.setTimeout(120_000);
  const seed = new Seed(request, server.baseUrl);
  const target = "edit";
  const ledger = () => seed.get<{ applied: number; keys: { lastBody: string }[] }>(`/sandbox-targets/${target}/ledger`);
  const broken = { kind: "flaky", failRatio: 1, seed: 1, status: 404 };
  await setTarget(request, server.baseUrl, target, broken);
  const id = await seed.workflow("Orders to edit", callDocument(server.baseUrl, target));
  await seed.publish(id);
  const { issueId } = await failTimes(seed, id, 2);
  // The same orders came once more and went through: their keys are taken.
  await setTarget(request, server.baseUrl, target, { kind: "recorder" });
  for (const n of [1, 2]) await seed.post(`/workflows/${id}/runs`, { input: { n } });
  await expect.poll(async () => (await ledger()).applied, { timeout: 30_000 }).toBe(2);

  const { items } = await seed.get<{ items: { id: string }[] }>(`/dead-letters?issueId=${issueId}`);
  const [second, first] = items.map((item) => item.id);
  const keyOf = async (letter?: string) =>
    (await seed.get<{ idempotency: { state: string } }>(`/dead-letters/${letter}`)).idempotency.state;
  for (const letter of [first, second]) await expect.poll(() => keyOf(letter)).toBe("succeeded");
  const status = page.getByRole("article").getByText(/^(Open|Redriving|Resolved)$/);
  await page.goto(`/inbox?issue=${issueId}&item=${first}`);
  await expect(page.getByRole("region", { name: "Runbook" })).toContainText("Ask the people of the order system");
  await expect(page.getByRole("article")).toContainText(/order-1.*done.*by run/s);
  const colleague = await signInColleague(seed, server.baseUrl);
  const be = (doing: string) => colleague.post<{ others: object[] }>(`/issues/${issueId}/presence`, { doing });
  expect((await be("redriving")).others).toMatchObject([{ name: "Ada Owner", doing: "looking" }]);
  const others = page.getByRole("status", { name: "Who else is here" });
  await expect(others).toHaveText("Grace Builder is about to redrive");
  await shot(page, "presence");
  await page.getByRole("button", { name: "Edit and redrive" }).click();
  await expect.poll(async () => (await be("redriving")).others).toMatchObject([{ name: "Ada Owner", doing: "redriving" }]);
  const dialog = page.getByRole("dialog", { name: /Edit and redrive/ });
  await expect(dialog.getByRole("status", { name: "Who else redrives" })).toContainText("Grace Builder is about to redrive");
  await be("gone");
  await expect(dialog.getByRole("status", { name: "Who else redrives" })).toBeEmpty();
  const editor = dialog.getByRole("textbox", { name: "Corrected input" });
  const textOf = async () => (await editor.locator(".cm-line").allTextContents()).join("\n");
  const redrive = dialog.getByRole("button", { name: /^Redrive/ });
  const steps = dialog.getByRole("list", { name: "Steps that run" });
  await expect(steps.getByRole("listitem").filter({ hasText: "Book the order" })).toContainText("Skipped");
  await expect(editor).toBeFocused();
  const text = await textOf();
  await editor.fill("{");
  await expect(dialog.getByText(/Not valid JSON/).first()).toBeVisible();
  await expect(redrive).toHaveAttribute("aria-disabled", "true");
  await expect(redrive).toHaveAccessibleDescription(/Not valid JSON/);
  await editor.fill('{ "method": "POST" }');
  // Once, beside the editor, and not again in the plan.
  const problem = dialog.getByRole("alert").filter({ hasText: "url: " });
  await expect(problem).toHaveCount(1);
  await expect(redrive).toHaveAttribute("aria-disabled", "true");
  await expect(redrive).toHaveAccessibleDescription(/url/i);
  await editor.fill(text);
  await expect(problem).toBeHidden();
  await dialog.getByLabel("Note").fill("It came twice");
  await redrive.click();
  await expect(status.filter({ hasText: "Resolved" }).last()).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole("article")).toContainText(/Redriven → run \w+, succeeded/);
  expect((await ledger()).applied).toBe(2);
  await page.getByRole("link", { name: "Run", exact: true }).click();
  await expect(page.getByText("Duplicate").first()).toBeVisible();

  await page.goto(`/inbox?issue=${issueId}&item=${second}`);
  const edit = async () => {
    await page.getByRole("button", { name: "Edit and redrive" }).click();
    await expect(editor).toBeFocused();
    await editor.fill((await textOf()).replace('"order": 2', '"order": 1002'));
    await dialog.getByRole("combobox", { name: "Idempotency keys" }).click();
    await page.getByRole("option", { name: /New keys/ }).click();
    await expect(steps.getByRole("listitem").filter({ hasText: "Book the order" })).toContainText("Acts again");
  };
  await edit();
  await dialog.getByRole("button", { name: "Dry run" }).click();
  await expect(dialog.getByRole("region", { name: "Dry run" })).toContainText("1002");
  await shot(page, "edit");
  await setTarget(request, server.baseUrl, target, broken);
  await redrive.click();
  await expect(dialog).toBeHidden();
  // It failed again: it stays, and asks once more.
  await expect(page.getByRole("tab", { name: /Attempts/ })).toContainText("2", { timeout: 30_000 });
  await expect(page.getByRole("button", { name: "Edit and redrive" })).toBeVisible({ timeout: 30_000 });
  await setTarget(request, server.baseUrl, target, { kind: "recorder" });
  await edit();
  await redrive.click();
  await expect(status.filter({ hasText: "Resolved" }).last()).toBeVisible({ timeout: 30_000 });
  const { applied, keys } = await ledger();
  expect(applied).toBe(3);
  expect(keys.map((key) => key.lastBody).join()).toContain("1002");
  await page.getByRole("tab", { name: "Input" }).click();
  await expect(page.getByRole("region", { name: "As it failed" })).toContainText(/order.*2/);
  await expect(page.getByRole("region", { name: "As it was redriven" })).toContainText("1002");
  await expect(page.getByText("No item is open").or(page.getByRole("article").getByText("Resolved")).first()).toBeVisible();
});
