import { type APIRequestContext, expect, type Page } from "@playwright/test";
import { shot } from "../fixtures/shot.ts";
import { test } from "../fixtures/test.ts";

/** A workflow that asks before it pays; each run asks one question. */
const document = {
  schemaVersion: 1,
  nodes: [
    { id: "start", type: "manual", name: "Start" },
    { id: "ask", type: "approval", name: "Ask", config: { message: "Pay {{ trigger.body.amount }} to {{ trigger.body.to }}?" } },
    { id: "pay", type: "set", name: "Pay", config: { values: { by: "{{ steps.ask.output.by }}" } } },
  ],
  edges: [
    { id: "e1", source: "start", target: "ask" },
    { id: "e2", source: "ask", sourcePort: "approved", target: "pay" },
  ],
};

async function post(request: APIRequestContext, path: string, data: object): Promise<{ id: string; runId: string }> {
  const answer = await request.post(`/api/v1${path}`, { data });
  expect(answer.ok(), `${path}: ${answer.status()} ${await answer.text()}`).toBe(true);
  return answer.json();
}

async function askFor(request: APIRequestContext, questions: { amount: number; to: string }[]): Promise<void> {
  const { id } = await post(request, "/workflows", { name: `Payments ${Date.now()}`, document });
  await post(request, `/workflows/${id}/publish`, {});
  for (const input of questions) await post(request, `/workflows/${id}/runs`, { input });
}

async function open(page: Page, question: string): Promise<void> {
  await page.goto("/approvals");
  await page.getByRole("link", { name: new RegExp(question.replaceAll("?", "\\?")) }).click();
  await expect(page).toHaveURL(/\/approvals\/[0-9a-f-]{36}/);
  await expect(page.getByRole("heading", { name: "Approval", level: 1, exact: true })).toBeVisible();
  await expect(page.getByText(question, { exact: true })).toBeVisible();
}

test("what waits is listed, counted, approved with a comment and rejected, and the run shows it", async ({ page, request }) => {
  test.setTimeout(120_000);
  const [first, second] = ["Ada", "Grace"];
  await askFor(request, [
    { amount: 12, to: first },
    { amount: 99, to: second },
  ]);
  await page.goto("/approvals");
  await expect(page.getByRole("link", { name: new RegExp(`Pay 12 to ${first}`) })).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole("link", { name: new RegExp(`Pay 99 to ${second}`) })).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: /Approvals/ })).toContainText("2");
  await shot(page, "list");

  await open(page, `Pay 12 to ${first}?`);
  await shot(page, "question");
  await page.getByLabel("Comment").fill("Fine with me");
  await page.getByRole("button", { name: "Approve" }).click();
  await expect(page.getByRole("region", { name: "Decision" })).toContainText("Approved by ada@example.com");
  await expect(page.getByText("Fine with me")).toBeVisible();
  await shot(page, "decided");

  // By keyboard alone.
  await page.goto("/approvals");
  await expect(page.getByRole("link", { name: new RegExp(`Pay 99 to ${second}`) })).toBeVisible();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(page.getByText(`Pay 99 to ${second}?`, { exact: true })).toBeVisible();
  await page.getByLabel("Comment").focus();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "Reject" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("region", { name: "Decision" })).toContainText("Rejected");
  await page.getByRole("link", { name: "Look at the run" }).click();
  await expect(page.getByRole("region", { name: /Step Ask/ })).toBeVisible();
});

test("the same link open twice: one decision is stored, and both pages show it", async ({ page, context, request }) => {
  test.setTimeout(120_000);
  await askFor(request, [{ amount: 7, to: "Edsger" }]);
  await page.goto("/approvals");
  await expect(page.getByRole("link", { name: /Pay 7 to Edsger/ })).toBeVisible({ timeout: 30_000 });
  await open(page, "Pay 7 to Edsger?");
  const other = await context.newPage();
  await other.goto(page.url());
  await expect(other.getByRole("button", { name: "Reject" })).toBeEnabled();
  await Promise.all([page.getByRole("button", { name: "Approve" }).click(), other.getByRole("button", { name: "Reject" }).click()]);
  const decided = (which: Page) => which.getByRole("region", { name: "Decision" });
  await expect(decided(page)).toBeVisible();
  await expect(decided(other)).toBeVisible();
  // How long ago it was is told by each page for itself.
  const words = async (which: Page) => (await decided(which).textContent())?.split(",")[0];
  expect(await words(page)).toMatch(/^(Approved|Rejected) by ada@example\.com$/);
  expect(await words(other)).toBe(await words(page));
});
