import { expect, type Locator } from "@playwright/test";
import { Seed } from "../fixtures/api.ts";
import { setTarget } from "../fixtures/failing.ts";
import { shot } from "../fixtures/shot.ts";
import { test } from "../fixtures/test.ts";
import { EditorPage } from "../pages/editor-page.ts";

/* How a step fares is told by a word and an icon, never by colour alone. */

/** Of each state its step, its word, and the icons that stand for it. */
const states = [
  { name: "Slow", word: "Throttled", icons: "hourglass" },
  { name: "Later", word: "Retrying", icons: "rotate-cw" },
  { name: "Again", word: "Succeeded after retries", icons: "circle-check rotate-cw" },
  { name: "Same", word: "Duplicate", icons: "copy-check" },
  { name: "Lost", word: "Dead-lettered", icons: "inbox" },
];

/** The icons of a place, by name. */
function iconsOf(place: Locator): Promise<string> {
  return place.evaluate((element) => {
    const icons = [...element.querySelectorAll("svg.lucide")].map((icon) => /lucide-([a-z-]+)/.exec(icon.getAttribute("class") ?? "")?.[1]);
    return icons.join(" ");
  });
}

test("check 19: throttled, retrying, retried, duplicate and dead-lettered steps are told apart by word and icon without any colour, on the canvas, in the timeline and in the list", async ({
  page,
  request,
  server,
}) => {
  const seed = new Seed(request, server.baseUrl);
  const call = (id: string, name: string, y: number, target: string, policy: object) => ({
    id,
    type: "http-request",
    name,
    position: { x: 320, y },
    config: { method: "POST", url: `${server.baseUrl}/sandbox/${target}/orders`, body: { n: 1 } },
    policy,
  });
  const quick = { initialMs: 1, maxMs: 10, jitter: "none" };
  const nodes = [
    { id: "start", type: "manual", name: "Start", position: { x: 0, y: 0 } },
    call("again", "Again", 0, "states-flaky", { retry: { ...quick, maxAttempts: 3 } }),
    call("same", "Same", 200, "states-good", { idempotency: { key: "order-{{ trigger.body.n }}" } }),
    call("lost", "Lost", 400, "states-bad", { retry: { ...quick, maxAttempts: 1 } }),
    call("later", "Later", 800, "states-down", { retry: { initialMs: 3_600_000, maxMs: 3_600_000, jitter: "none", maxAttempts: 2 } }),
    call("slow", "Slow", 600, "states-good", { throttle: { windows: [{ limit: 1, perMs: 3_600_000 }] } }),
  ];
  const edges = nodes.slice(1).map((node) => ({ id: `e_${node.id}`, source: "start", target: node.id }));
  const id = await seed.workflow("All states", { schemaVersion: 1, nodes, edges, settings: { onFailure: "continue" } });
  await setTarget(request, server.baseUrl, "states-good", { kind: "recorder" });
  await setTarget(request, server.baseUrl, "states-bad", { kind: "flaky", failRatio: 1, status: 404 });
  await setTarget(request, server.baseUrl, "states-down", { kind: "flaky", failRatio: 1, status: 503 });
  await seed.publish(id);
  // The first run takes the place under the limit and leaves the result that the second finds under its key.
  await setTarget(request, server.baseUrl, "states-flaky", { kind: "flaky", failTimes: 0 });
  const first = await seed.post<{ runId: string }>(`/workflows/${id}/runs`, { input: { n: 1 } });
  const statusOf = async (runId: string, nodeId: string) => {
    const run = await seed.get<{ steps: { nodeId: string; status: string }[] }>(`/runs/${runId}`);
    return run.steps.find((step) => step.nodeId === nodeId)?.status;
  };
  await expect.poll(() => statusOf(first.runId, "same"), { timeout: 20_000 }).toBe("succeeded");
  // On a stalled machine its turn may lapse; then it waits for the next, and the second run behind it as well.
  await expect.poll(() => statusOf(first.runId, "slow"), { timeout: 20_000 }).toMatch(/^(succeeded|waiting)$/);
  await setTarget(request, server.baseUrl, "states-flaky", { kind: "flaky", failTimes: 1, status: 503 });
  const { runId } = await seed.post<{ runId: string }>(`/workflows/${id}/runs`, { input: { n: 1 } });

  // Without any colour: what is told apart here is told apart by everybody.
  const grey = () => page.addStyleTag({ content: "html { filter: grayscale(1); }" });
  const editor = new EditorPage(page);
  await page.goto(`/workflows/${id}`);
  await page.getByRole("button", { name: "Show a run on the canvas" }).click();
  await page.getByRole("menuitem").first().click();
  for (const { name, word, icons } of states) {
    await expect(editor.step(name)).toHaveAttribute("aria-label", new RegExp(`\\b${word}`, "i"), { timeout: 20_000 });
    expect(await iconsOf(editor.step(name)), name).toContain(icons);
  }
  await grey();
  await shot(page, "canvas");

  await page.goto(`/runs/${runId}`);
  for (const { name, word, icons } of states) {
    const row = page.getByRole("button", { name: new RegExp(`^${name}\\s*,\\s*${word}`) });
    await expect(row.getByText(word, { exact: true })).toBeVisible();
    expect(await iconsOf(row), name).toBe(icons);
  }
  await grey();
  await shot(page, "timeline");
  await page.getByRole("button", { name: "As a table" }).click();
  for (const { name, word, icons } of states) {
    const row = page.getByRole("row", { name: new RegExp(`^${name}`) });
    await expect(row.getByText(word, { exact: true })).toBeVisible();
    expect(await iconsOf(row), name).toBe(icons);
  }
  await seed.post(`/runs/${runId}/cancel`, {});
});
