import { expect } from "@playwright/test";
import { Seed } from "../fixtures/api.ts";
import { setTarget } from "../fixtures/failing.ts";
import { savedDraft } from "../fixtures/graph.ts";
import { shot } from "../fixtures/shot.ts";
import { test } from "../fixtures/test.ts";
import { EditorPage } from "../pages/editor-page.ts";

/* What is typed into a reliability setting is kept as typed, told in words, and what a run then does. */

/** The previews count no time of the machine's own. */
function expectAbout(ms: number, told: number): void {
  expect(ms).toBeGreaterThanOrEqual(told * 0.8);
  expect(ms).toBeLessThanOrEqual(told * 1.2);
}

test("checks 17 and 18: a number out of range stays and blocks publishing; the previews of retry, throttle and key follow the typing, and runs do as they say, to a fifth", async ({
  page,
  request,
  server,
}) => {
  test.setTimeout(120_000); // the waits that are told are waited
  const seed = new Seed(request, server.baseUrl);
  const start = { id: "start", type: "manual", name: "Start", position: { x: 0, y: 0 } };
  const config = { method: "POST", url: `${server.baseUrl}/sandbox/previews/orders`, body: { n: 1 } };
  const call = { id: "call", type: "http-request", name: "Call", position: { x: 400, y: 0 }, config };
  const edges = [{ id: "e1", source: "start", target: "call" }];
  const id = await seed.workflow("Previewed", { schemaVersion: 1, nodes: [start, call], edges });
  await setTarget(request, server.baseUrl, "previews", { kind: "flaky", failTimes: 2, status: 503 });
  const editor = new EditorPage(page);
  await page.goto(`/workflows/${id}?node=call&tab=reliability`);

  const retry = page.getByRole("region", { name: "Retry" });
  await retry.getByRole("button", { name: /^Retry/ }).click();
  const attempts = retry.getByRole("textbox", { name: "Attempts" });
  await expect(retry.getByText("1 – 100", { exact: true })).toBeVisible();
  await attempts.fill("999");
  await retry.getByRole("textbox", { name: "First wait" }).focus();
  await expect(attempts).toHaveValue("999");
  await expect(attempts).toHaveAttribute("aria-invalid", "true");
  await expect(attempts).toHaveAccessibleDescription(/1.*100/);
  await editor.expectSaved();
  // Nobody clamped it on the way to the server either.
  expect(JSON.stringify((await savedDraft(seed, id)).nodes[1]?.policy)).toContain("999");
  await page.getByRole("button", { name: "Publish", exact: true }).click();
  const publish = page.getByRole("dialog", { name: /^Publish version/ });
  await expect(publish.getByRole("button", { name: /^Publish version/ })).toHaveAttribute("aria-disabled", "true");
  await publish.getByRole("region", { name: "Problems" }).getByRole("button", { name: /Call/ }).first().click();
  await expect(publish).toBeHidden();
  await expect(attempts).toBeFocused();
  await attempts.fill("3");
  await expect(attempts).not.toHaveAttribute("aria-invalid", "true");

  const wait = retry.getByRole("textbox", { name: "First wait" });
  await wait.fill("3");
  await expect(retry.getByText("now · +3 s · +9 s · then gives up").last()).toBeVisible();
  await retry.getByRole("textbox", { name: "Each wait is longer by" }).fill("1");
  await expect(retry.getByText("now · +3 s · +6 s · then gives up").last()).toBeVisible();
  await expect(retry.getByText("At the latest:")).toBeVisible();
  await retry.getByRole("combobox", { name: "Spread" }).click();
  await page.getByRole("option", { name: "None", exact: false }).click();
  await expect(retry.getByText("At the latest:")).toBeHidden();

  const throttle = page.getByRole("region", { name: "Throttle" });
  await throttle.getByRole("button", { name: /^Throttle/ }).click();
  await throttle.getByRole("button", { name: "Add a limit" }).click();
  await expect(throttle.getByText("A burst of 100 takes about 9 min.")).toBeVisible();
  await throttle.getByRole("textbox", { name: "Calls of limit 1" }).fill("5");
  await expect(throttle.getByText("A burst of 100 takes about 19 min.")).toBeVisible();
  await throttle.getByRole("combobox", { name: "Unit of limit 1" }).click();
  await page.getByRole("option", { name: "seconds" }).click();
  await throttle.getByRole("textbox", { name: "Time of limit 1" }).fill("3");
  await expect(throttle.getByText("A burst of 100 takes about 57 s.")).toBeVisible();

  const idempotency = page.getByRole("region", { name: "Idempotency" });
  await idempotency.getByRole("button", { name: /^Idempotency/ }).click();
  const key = idempotency.getByRole("textbox", { name: /^Key/ });
  await key.fill("order-{{ trigger.body.id }}");
  await idempotency.getByRole("textbox", { name: "Send the key as" }).fill("Idempotency-Key");
  const told = idempotency.getByText(/^order-\w+$/).first();
  await expect(told).toBeVisible();
  const keyTold = await told.textContent();
  await shot(page, "reliability");
  await editor.expectSaved();

  await editor.run();
  await editor.expectNodeStatus("Call", "succeeded");
  const { items } = await seed.get<{ items: { id: string }[] }>(`/runs?workflowId=${id}`);
  const { steps } = await seed.get<{ steps: Step[] }>(`/runs/${items[0]?.id}`);
  const made = steps.find((step) => step.nodeId === "call");
  const tried = made?.attemptSummaries ?? [];
  const waits = tried.slice(1).map(({ startedAt }, index) => Date.parse(startedAt) - Date.parse(tried[index]?.endedAt ?? ""));
  expect(waits).toHaveLength(2);
  for (const ms of waits) expectAbout(ms, 3_000);
  expect((await seed.get<{ idempotencyKey: string }>(`/runs/${items[0]?.id}/steps/${made?.id}`)).idempotencyKey).toBe(keyTold);

  await setTarget(request, server.baseUrl, "previews", { kind: "recorder" });
  await seed.publish(id);
  // 100 wait for nineteen windows, which takes 57 s; 16 for three.
  const orders = Array.from({ length: 16 }, (_, n) => ({ input: { id: `burst-${n}` } }));
  const since = Date.now();
  await Promise.all(orders.map((order) => seed.post(`/workflows/${id}/runs`, order)));
  const burst = async () => {
    const { keys } = await seed.get<Ledger>("/sandbox-targets/previews/ledger?limit=200");
    return keys.map((key) => Date.parse(key.lastAppliedAt)).filter((at) => at >= since);
  };
  await expect.poll(async () => (await burst()).length, { timeout: 40_000 }).toBe(16);
  const times = await burst();
  expectAbout(Math.max(...times) - Math.min(...times), (57_000 / 19) * 3);
});

interface Step {
  id: string;
  nodeId: string;
  attemptSummaries: { startedAt: string; endedAt: string }[];
}

interface Ledger {
  keys: { lastAppliedAt: string }[];
}
