import AxeBuilder from "@axe-core/playwright";
import { type APIRequestContext, expect, type Page } from "@playwright/test";
import { Seed, smallDocument } from "../fixtures/api.ts";
import { test } from "../fixtures/test.ts";

/** Calls a sandbox target with a header that must never be shown, up to three times. */
function callingDocument(baseUrl: string, target: string): object {
  return {
    schemaVersion: 1,
    nodes: [
      { id: "start", type: "manual", name: "Start", position: { x: 0, y: 0 } },
      { id: "give", type: "set", name: "Prepare", position: { x: 320, y: 0 }, config: { values: { id: "{{ trigger.body.id }}" } } },
      {
        id: "call",
        type: "http-request",
        name: "Charge card",
        position: { x: 640, y: 0 },
        config: {
          url: `${baseUrl}/sandbox/${target}/charge`,
          headers: { authorization: "Bearer very-secret", "x-api-key": "very-secret" },
        },
        policy: { retry: { maxAttempts: 3, initialMs: 50, maxMs: 200 } },
      },
      { id: "mail", type: "set", name: "Send receipt", position: { x: 960, y: 0 }, config: { values: { sent: "yes" } } },
    ],
    edges: [
      { id: "e1", source: "start", target: "give" },
      { id: "e2", source: "give", target: "call" },
      { id: "e3", source: "call", target: "mail" },
    ],
  };
}

/** Not worth a second try. */
const refusing = { kind: "flaky", failRatio: 1, seed: 1, status: 404 };
/** Worth a second and a third. */
const failing = { kind: "flaky", failRatio: 1, seed: 1, status: 503 };

class Runs {
  readonly #seed: Seed;
  readonly #workflowId: string;
  readonly #target: string;
  readonly #request: APIRequestContext;

  constructor(a: { seed: Seed; workflowId: string; target: string; request: APIRequestContext }) {
    this.#seed = a.seed;
    this.#workflowId = a.workflowId;
    this.#target = a.target;
    this.#request = a.request;
  }

  async behave(behaviour: object): Promise<void> {
    const answer = await this.#request.put(`/api/v1/sandbox-targets/${this.#target}`, {
      data: behaviour,
      headers: { "sec-fetch-site": "same-origin" },
    });
    expect(answer.ok(), await answer.text()).toBe(true);
  }

  async start(ids: number[], status: string): Promise<string[]> {
    const made = await Promise.all(
      ids.map((id) => this.#seed.post<{ runId: string }>(`/workflows/${this.#workflowId}/runs`, { input: { id } })),
    );
    for (const { runId } of made) {
      const read = async () => (await this.#seed.get<{ status: string }>(`/runs/${runId}`)).status;
      await expect.poll(read, { timeout: 30_000 }).toBe(status);
    }
    return made.map(({ runId }) => runId);
  }
}

async function seedRuns(request: APIRequestContext, baseUrl: string, name: string, failing: object): Promise<Runs & { name: string }> {
  const seed = new Seed(request, baseUrl);
  const target = `charge-${Date.now().toString(36)}`;
  const title = `${name} ${target}`;
  const holder = { seed, target, request };
  await new Runs({ ...holder, workflowId: "" }).behave(failing);
  const workflowId = await seed.workflow(title, callingDocument(baseUrl, target));
  await seed.publish(workflowId);
  return Object.assign(new Runs({ ...holder, workflowId }), { name: title });
}

const rows = (page: Page) => page.getByRole("table", { name: "Runs" }).locator("[data-row]");
const range = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(`in the ${colorScheme} theme`, () => {
    test.use({ colorScheme });

    test("the list keeps its filters, its place and its peace", async ({ page, request, server, context }, info) => {
      test.setTimeout(180_000);
      const shot = (name: string) => page.screenshot({ path: info.outputPath(`${name}-${colorScheme}.png`) });
      const runs = await seedRuns(request, server.baseUrl, "Charges", refusing);
      await runs.start(range(45), "failed");
      await page.goto(`/runs?q=${encodeURIComponent(runs.name)}&status=failed&last=24h`);
      await expect(rows(page)).toHaveCount(45, { timeout: 30_000 });
      await expect(page.getByRole("img", { name: /45 runs over time/ })).toBeVisible();
      await shot("list");

      // The address alone brings the same rows and controls.
      const other = await context.newPage();
      await other.goto(page.url());
      await expect(rows(other)).toHaveCount(45, { timeout: 30_000 });
      await expect(other.getByRole("button", { name: "Status: Failed" })).toBeVisible();
      await expect(other.getByRole("searchbox", { name: "Search runs" })).toHaveValue(runs.name);
      await other.close();

      // What does not match never appears; what does waits behind a count, and nothing moves.
      const seed = new Seed(request, server.baseUrl);
      const quiet = await seed.workflow(`${runs.name} receipts`, smallDocument("sent"));
      await seed.publish(quiet);
      for (const id of range(5)) await seed.post(`/workflows/${quiet}/runs`, { input: { id } });
      const before = await rows(page).first().getAttribute("data-row");
      const [fresh = ""] = await runs.start([102], "failed");
      await expect(page.getByRole("button", { name: "Show 1 new run" })).toBeVisible();
      expect(await rows(page).first().getAttribute("data-row")).toBe(before);
      await page.getByRole("button", { name: "Show 1 new run" }).click();
      await expect(rows(page).first()).toHaveAttribute("data-row", fresh);

      // A look at the side moves with j and k; a second click opens, and Back finds the place again.
      const fortieth = rows(page).nth(39).getByRole("link").first();
      await fortieth.scrollIntoViewIfNeeded();
      await fortieth.click();
      await expect(page.getByRole("complementary", { name: "Run at a glance" })).toBeVisible();
      await shot("peek");
      await page.keyboard.press("k");
      await expect(page).toHaveURL(new RegExp(`peek=${await rows(page).nth(38).getAttribute("data-row")}`));
      await page.keyboard.press("j");
      const scrolled = await page.evaluate(() => window.scrollY);
      await page.keyboard.press("Enter");
      await expect(page).toHaveURL(/\/runs\/[0-9a-f-]{36}/);
      await expect(page.getByRole("tab", { name: "Timeline" })).toBeVisible();
      await page.goBack();
      await expect(rows(page)).toHaveCount(46);
      await expect(fortieth).toBeFocused();
      expect(Math.abs((await page.evaluate(() => window.scrollY)) - scrolled)).toBeLessThan(50);
      await expect(page.getByRole("button", { name: "Status: Failed" })).toBeVisible();
      await page.keyboard.press("Escape");
      await expect(page.getByRole("complementary", { name: "Run at a glance" })).toBeHidden();

      // From the page to all that match, with counts of what can be done.
      await page.getByRole("checkbox", { name: "Select all rows shown" }).click();
      await expect(page.getByRole("region", { name: "Selection" })).toContainText("46 runs selected");
      await shot("selection");
      await page.getByRole("button", { name: "Cancel…" }).click();
      await expect(page.getByRole("dialog")).toContainText("0 of 46 runs");
      await page.getByRole("button", { name: "Back" }).click();
      await page.getByRole("checkbox", { name: "Select all rows shown" }).click();

      // A filter that nothing has says so, and is cleared in one click.
      await page.getByRole("button", { name: "More filters" }).click();
      await page.getByLabel("Error text").fill("no such error");
      await shot("filters");
      await page.getByRole("button", { name: "Apply filters" }).click();
      await expect(page.getByText("No run matches")).toBeVisible();
      await page.getByRole("button", { name: "Clear filters" }).first().click();
      await expect(rows(page).first()).toBeVisible();
      await page.setViewportSize({ width: 390, height: 800 });
      await rows(page).first().getByRole("link").first().click();
      await expect(page.getByRole("complementary", { name: "Run at a glance" })).toBeVisible();
      await shot("phone");
      await expectSound(page);
    });

    test("a failed run opens on its failure; nothing secret is shown, and a replay says what it does", async ({
      page,
      request,
      server,
    }, info) => {
      test.setTimeout(180_000);
      const shot = (name: string) => page.screenshot({ path: info.outputPath(`${name}-${colorScheme}.png`) });
      const runs = await seedRuns(request, server.baseUrl, "Cards", failing);
      await runs.behave({ kind: "recorder" });
      await runs.start([1], "succeeded");
      await runs.behave(failing);
      const [failed = ""] = await runs.start([2], "failed");
      await page.goto(`/runs/${failed}`);
      const panel = page.getByRole("region", { name: "Step Charge card" });
      await expect(panel.getByRole("tab", { name: "Error" })).toHaveAttribute("aria-selected", "true");
      await expect(panel).toContainText("503");
      await shot("run");
      await panel.getByRole("tab", { name: "Attempts" }).click();
      await expect(panel.getByRole("button", { name: /^Attempt \d/ })).toHaveCount(3);
      await expect(panel.getByRole("button", { name: "Copy as cURL" })).toBeVisible();
      await shot("attempts");
      expect(await page.content()).not.toContain("very-secret");

      // The address of an attempt opens it.
      await page.goto(`${page.url().split("?")[0]}?step=${await stepId(request, failed, "call")}&attempt=2`);
      await expect(panel.getByRole("button", { name: /^Attempt 2/ })).toHaveAttribute("aria-expanded", "true");

      await panel.getByRole("tab", { name: "Compare" }).click();
      await expect(panel.getByRole("columnheader", { name: "Last good" }).first()).toBeVisible();
      await shot("compare");

      // Views by keyboard; each is in the address.
      await page.locator("h1").click();
      await page.keyboard.press("v");
      await expect(page).toHaveURL(/view=canvas/);
      await expect(page.getByRole("button", { name: /^Charge card, Dead-lettered/ })).toBeVisible();
      await expect(page.getByRole("button", { name: /^Send receipt, / })).toBeVisible();
      await shot("canvas");
      await page.keyboard.press("l");
      await expect(page.getByRole("table", { name: "Events" })).toContainText("Attempt 3 failed: 503");
      await shot("events");
      await page.keyboard.press("t");
      await page.getByRole("button", { name: "As a table" }).click();
      await expect(page.getByRole("table", { name: "Steps in numbers" })).toContainText("Charge card");
      await page.getByRole("button", { name: "As bars" }).click();
      await page.getByRole("button", { name: "Zoom to the step" }).click();
      await expect(page).toHaveURL(/zoom=\d+-\d+/);
      await shot("zoom");
      await page.getByRole("button", { name: "Whole run" }).click();

      await runs.behave({ kind: "recorder" });
      await panel.getByRole("button", { name: "Replay from here" }).click();
      const plan = page.getByRole("region", { name: "What it would do" });
      await expect(plan).toContainText("Charge card");
      await expect(plan).toContainText("Results that are kept: Prepare");
      await shot("replay");
      await page.getByRole("button", { name: "Replay run" }).click();
      await page.getByRole("button", { name: "Open run" }).click();
      await expect(page.getByText("Replay of")).toBeVisible();
      await page.goto(`/runs/${failed}`);
      await expect(page.getByText("Replayed by")).toBeVisible();
      await expectSound(page);
      await page.setViewportSize({ width: 390, height: 800 });
      await shot("run-phone");
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect(overflow).toBeLessThanOrEqual(0);
    });
  });
}

test("a run that is not there says why", async ({ page }) => {
  await page.goto("/runs/01900000-0000-7000-8000-000000000000");
  await expect(page.getByText("This run is not kept any more")).toBeVisible();
  const now = Date.now().toString(16).padStart(12, "0");
  await page.goto(`/runs/${now.slice(0, 8)}-${now.slice(8)}-7000-8000-000000000000`);
  await expect(page.getByText("There is no such run")).toBeVisible();
  await page.goto("/runs/nonsense");
  await expect(page.getByText("There is no such run")).toBeVisible();
});

async function stepId(request: APIRequestContext, runId: string, nodeId: string): Promise<string> {
  const run = await (await request.get(`/api/v1/runs/${runId}`)).json();
  return run.steps.find((step: { nodeId: string }) => step.nodeId === nodeId).id;
}

async function expectSound(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  expect(serious.map(({ id, nodes }) => `${id} ${nodes[0]?.html}`)).toEqual([]);
}
