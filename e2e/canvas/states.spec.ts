import { expect } from "@playwright/test";
import { Seed } from "../fixtures/api.ts";
import { setTarget } from "../fixtures/failing.ts";
import { test } from "../fixtures/test.ts";
import { EditorPage } from "../pages/editor-page.ts";

/* How a step fares is told by a word and an icon, never by colour alone. */

test("check 19 (part): throttled, retried, duplicate and dead-lettered steps are told apart by word and icon, on the canvas and on the page of the run", async ({
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
    call("slow", "Slow", 600, "states-good", { throttle: { windows: [{ limit: 1, perMs: 3_600_000 }] } }),
  ];
  const edges = nodes.slice(1).map((node) => ({ id: `e_${node.id}`, source: "start", target: node.id }));
  const id = await seed.workflow("All states", { schemaVersion: 1, nodes, edges, settings: { onFailure: "continue" } });
  await setTarget(request, server.baseUrl, "states-good", { kind: "recorder" });
  await setTarget(request, server.baseUrl, "states-bad", { kind: "flaky", failRatio: 1, status: 404 });
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

  const words: Record<string, string> = {
    Again: "succeeded after retries",
    Same: "duplicate",
    Lost: "dead-lettered",
    Slow: "throttled",
  };
  const editor = new EditorPage(page);
  await page.goto(`/workflows/${id}`);
  await page.getByRole("button", { name: "Show a run on the canvas" }).click();
  await page.getByRole("menuitem").first().click();
  for (const [name, word] of Object.entries(words)) {
    await expect(editor.step(name)).toHaveAttribute("aria-label", new RegExp(word, "i"), { timeout: 20_000 });
  }
  const icons = await Promise.all(
    Object.keys(words).map((name) =>
      editor.step(name).evaluate((step) => [...step.querySelectorAll("svg.lucide")].map((icon) => icon.getAttribute("class")).join(" ")),
    ),
  );
  for (const [index, icon] of ["circle-check", "copy-check", "inbox", "hourglass"].entries()) {
    expect(icons[index]).toMatch(new RegExp(`lucide-(${icon})`));
  }
  await page.screenshot({ path: test.info().outputPath("states.png") });
  await page.goto(`/runs/${runId}`);
  for (const word of Object.values(words)) await expect(page.getByText(new RegExp(word, "i")).first()).toBeVisible();
  await seed.post(`/runs/${runId}/cancel`, {});
});
