import { type BrowserContext, expect, type Page, test } from "@playwright/test";
import { examplePush, githubDelivery } from "../fixtures/github.ts";
import { type Server, startServer } from "../fixtures/server.ts";
import { shot as takeShot } from "../fixtures/shot.ts";
import { EditorPage } from "../pages/editor-page.ts";
import { InboxPage } from "../pages/inbox-page.ts";

/*
 * The main job, as a new user does it on a fresh instance: account → template → run → canvas → publish → real GitHub
 * deliveries → failure → inbox → edit and redrive → history. Once in each theme.
 */

const steps = ["GitHub push", "Default branch?", "Check the commit", "Start deployment", "Tell the team"];
const secret = "it is a secret to everybody";

// Each on an instance of its own.
test.describe.configure({ mode: "parallel" });

for (const theme of ["light", "dark"] as const) {
  test(`check 1: from an empty instance to a green run of a template in at most eight clicks, from no other host, and on to a redriven failure, ${theme}`, async ({
    browser,
  }) => {
    test.setTimeout(240_000);
    const server = await startServer();
    const context = await browser.newContext({ baseURL: server.baseUrl, colorScheme: theme, viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    const complaints = watchConsole(page);
    const asked = await blockOtherHosts(context, server);
    const clicks = await countClicks(page);
    const shot = (name: string) => takeShot(page, `${name}-${theme}`);
    try {
      await createAccount(page, server);
      const editor = await startFromTemplate(page);
      await editor.run();
      for (const name of steps) await editor.expectNodeStatus(name, "succeeded");
      expect(clicks()).toBeGreaterThan(0);
      expect(clicks()).toBeLessThanOrEqual(8);
      await shot("run");
      const workflow = editor.url();
      await addSigningSecret(page);
      await page.goto(workflow);
      await editCanvas(editor);
      await shot("editor");
      await editor.chooseSecret("GitHub push", "GitHub");
      const hookUrl = await editor.publish("The first version");
      await deliverTwiceAndForge(context, hookUrl);
      await seeRejected(page, editor);
      await failAndRedrive(page, context, hookUrl, shot);
      await readHistory(page, shot);
      expect(complaints).toEqual([]);
      expect(asked).toEqual([]);
    } finally {
      await context.close();
      await server.stop();
    }
  });
}

function watchConsole(page: Page): string[] {
  const complaints: string[] = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  return complaints;
}

/** As on a machine that reaches nothing else. Tells what was asked for in vain. */
async function blockOtherHosts(context: BrowserContext, server: Server): Promise<string[]> {
  const asked: string[] = [];
  await context.route(
    (url) => url.origin !== server.baseUrl,
    (route) => {
      asked.push(route.request().url());
      return route.abort("internetdisconnected");
    },
  );
  return asked;
}

async function countClicks(page: Page): Promise<() => number> {
  let count = 0;
  await page.exposeFunction("clicked", () => count++);
  await page.addInitScript(() => {
    addEventListener("pointerdown", () => (window as unknown as { clicked: () => void }).clicked(), { capture: true });
  });
  return () => count;
}

async function createAccount(page: Page, server: Server): Promise<void> {
  await page.goto(server.setupUrl);
  await page.getByLabel("Name").fill("Ada Owner");
  await page.getByLabel("E-mail").fill("ada@example.com");
  await page.getByRole("textbox", { name: "Password" }).fill("correct horse battery staple");
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByRole("heading", { name: "Workflows", level: 1 })).toBeVisible();
}

async function addSigningSecret(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Connections" }).click();
  await page.getByRole("button", { name: "New connection" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("GitHub");
  await dialog.getByLabel("Credential").click();
  await page.getByRole("option", { name: "Signing secret" }).click();
  await dialog.getByLabel("Secret", { exact: true }).fill(secret);
  await dialog.getByRole("button", { name: "Save connection" }).click();
  await expect(
    page
      .getByRole("cell", { name: "GitHub" })
      .or(page.getByRole("link", { name: "GitHub" }))
      .first(),
  ).toBeVisible();
}

async function startFromTemplate(page: Page): Promise<EditorPage> {
  await page.getByRole("link", { name: "Workflows" }).click();
  await page.getByRole("button", { name: /CI\/CD deploy guard/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Create workflow" }).click();
  const editor = new EditorPage(page);
  await editor.expectNode("Tell the team");
  return editor;
}

/** Adds by click and by drag, connects, renames, moves and deletes; in the end the graph is what it was. */
async function editCanvas(editor: EditorPage): Promise<void> {
  await editor.addNode("Set values");
  await editor.rename("Set values", "Note the result");
  await editor.dragIn("Respond", { x: 620, y: 640 });
  await editor.connect("Note the result", "Respond");
  await editor.moveWithKeyboard("Respond");
  await editor.expectSaved();
  await editor.remove("Respond");
  await editor.remove("Note the result");
  await editor.expectSaved();
  await editor.expectNodeCount(5);
}

async function deliver(hookUrl: string, change: object, signedWith = secret, id?: string) {
  const delivery = githubDelivery({ ...examplePush(), ...change }, signedWith, id);
  const answer = await fetch(hookUrl, { method: "POST", headers: delivery.headers, body: delivery.body });
  return { status: answer.status, body: (await answer.json()) as { runId?: string; duplicate?: boolean }, id: delivery.id };
}

async function deliverTwiceAndForge(context: BrowserContext, hookUrl: string): Promise<void> {
  const first = await deliver(hookUrl, {});
  expect(first, JSON.stringify(first.body)).toMatchObject({ status: 202 });
  const again = await deliver(hookUrl, {}, secret, first.id);
  expect(again).toMatchObject({ status: 200, body: { duplicate: true, runId: first.body.runId } });
  expect((await deliver(hookUrl, {}, "forged")).status).toBe(401);
  // Another branch starts a run that goes nowhere.
  const other = await deliver(hookUrl, { ref: "refs/heads/feature" });
  await expectRun(context, other.body.runId ?? "", "succeeded");
  await expectRun(context, first.body.runId ?? "", "succeeded");
  const ledger = await (await context.request.get("/api/v1/sandbox-targets/deploy-target/ledger")).json();
  // One effect of the test run, one of the first delivery; none of the duplicate, the forged and the other branch.
  expect(ledger.applied).toBe(2);
}

async function seeRejected(page: Page, editor: EditorPage): Promise<void> {
  await page.goto(`${editor.url()}/deliveries?outcome=rejected`);
  await expect(page.getByText(/signature/i).first()).toBeVisible();
}

async function failAndRedrive(
  page: Page,
  context: BrowserContext,
  hookUrl: string,
  shot: (name: string) => Promise<unknown>,
): Promise<void> {
  await setTarget(context, { kind: "flaky", failTimes: 1, status: 503 });
  const retried = await deliver(hookUrl, { after: "a".repeat(40) });
  await expectRun(context, retried.body.runId ?? "", "succeeded");
  await setTarget(context, { kind: "flaky", failRatio: 1, seed: 1, status: 404 });
  const failed = await deliver(hookUrl, { after: "b".repeat(40) });
  await expectRun(context, failed.body.runId ?? "", "failed");
  const inbox = new InboxPage(page);
  await inbox.open();
  await inbox.openIssue(/answered 404/);
  await inbox.openItem();
  await inbox.expectAttempt({ status: 404, requestHeader: /Idempotency-Key/i });
  await shot("inbox");
  await setTarget(context, { kind: "recorder" });
  await inbox.editAndRedrive('"environment": "production"', '"environment": "staging"');
  await expectRun(context, failed.body.runId ?? "", "succeeded");
  // The forged delivery is still to be looked at.
  await inbox.expectIssues([/Deliveries are refused: signature invalid/]);
  const run = await (await context.request.get(`/api/v1/runs/${failed.body.runId}`)).json();
  const attempts = Object.fromEntries(run.steps.map((step: { nodeId: string; attempts: number }) => [step.nodeId, step.attempts]));
  expect(attempts).toMatchObject({ deploy: 2, notify: 1 });
}

async function readHistory(page: Page, shot: (name: string) => Promise<unknown>): Promise<void> {
  await page.goto("/runs?status=succeeded");
  const rows = page.getByRole("row").filter({ hasText: "CI/CD deploy guard" });
  await expect(rows.first()).toBeVisible();
  await shot("runs");
  await rows.first().getByRole("link").first().click();
  await page.getByRole("complementary", { name: "Run at a glance" }).getByRole("link", { name: "Open run" }).click();
  await expect(page).toHaveURL(/\/runs\/[0-9a-f-]{36}/);
  await expect(page.getByText("Start deployment").first()).toBeVisible();
  await page.getByText("Start deployment").first().click();
  await page.getByRole("tab", { name: /Attempts/ }).click();
  await expect(page.getByText(/200|201/).first()).toBeVisible();
  await shot("run-page");
}

async function setTarget(context: BrowserContext, target: object): Promise<void> {
  const answer = await context.request.put("/api/v1/sandbox-targets/deploy-target", {
    data: target,
    headers: { "sec-fetch-site": "same-origin" },
  });
  expect(answer.ok(), await answer.text()).toBe(true);
}

async function expectRun(context: BrowserContext, runId: string, status: string): Promise<void> {
  const read = async () => (await (await context.request.get(`/api/v1/runs/${runId}`)).json()).status;
  await expect.poll(read, { timeout: 30_000 }).toBe(status);
}
