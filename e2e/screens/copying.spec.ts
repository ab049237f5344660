import { expect, type Page } from "@playwright/test";
import { Seed } from "../fixtures/api.ts";
import { test } from "../fixtures/test.ts";

/* What is copied is what is meant, to the character, and whoever cannot see the button change hears it. */

const message = 'Größe  „XL“ <b>&amp;</b> fehlt: \\u0041 "{{ x }}" \'; DROP TABLE';

/** A webhook whose deliveries fail with a message that is easily mangled. */
const nodes = [
  { id: "hook", type: "webhook", name: "Hook", position: { x: 0, y: 0 } },
  { id: "keep", type: "set", name: "Keep", position: { x: 320, y: 0 }, config: { values: { all: "{{ trigger.body }}" } } },
  { id: "stop", type: "stop-and-dead-letter", name: "Stop", position: { x: 640, y: 0 }, config: { reason: "{{ trigger.body.message }}" } },
];

const edges = [
  { id: "e1", source: "hook", target: "keep" },
  { id: "e2", source: "keep", target: "stop" },
];

const delivered = { message, lines: "one\r\ntwo\n\tthree", empty: {}, list: [1, null, true, "ä€😀"], long: "x".repeat(3_000) };

/** Keeps what live regions say, from before the page begins. */
async function listen(page: Page): Promise<() => Promise<string[]>> {
  await page.addInitScript(() => {
    const said: string[] = [];
    Object.assign(window, { said });
    new MutationObserver((changes) => {
      for (const { target } of changes) {
        const element = target instanceof Element ? target : target.parentElement;
        if (element?.matches("[role=status]") && element.textContent) said.push(element.textContent);
      }
    }).observe(document, { subtree: true, childList: true, characterData: true });
  });
  return () => page.evaluate(() => (window as unknown as { said: string[] }).said.splice(0));
}

test("check 7: run id, webhook URL, error and JSON value are copied exactly, which is announced; also where the browser hides its clipboard", async ({
  page,
  context,
  request,
  server,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const seed = new Seed(request, server.baseUrl);
  const id = await seed.workflow("Copied", { schemaVersion: 1, nodes, edges });
  await seed.publish(id);
  const { triggers } = await seed.get<{ triggers: { url: string }[] }>(`/workflows/${id}`);
  const url = triggers[0]?.url ?? "";
  const headers = { "content-type": "application/json" };
  const answer = await fetch(url, { method: "POST", body: JSON.stringify(delivered), headers });
  const { runId } = (await answer.json()) as { runId: string };
  const steps = async () =>
    (await seed.get<{ steps: { id: string; nodeId: string; error: { message: string } | null }[] }>(`/runs/${runId}`)).steps;
  await expect.poll(async () => (await steps()).find(({ nodeId }) => nodeId === "stop")?.error?.message, { timeout: 20_000 }).toBe(message);
  const keep = (await steps()).find(({ nodeId }) => nodeId === "keep")?.id;

  const heard = await listen(page);
  const copied = async (label: string) => {
    await page.evaluate(() => navigator.clipboard.writeText("nothing"));
    await heard();
    await page
      .getByRole("button", { name: `Copy ${label}`, exact: true })
      .first()
      .click();
    await expect.poll(heard).toContain("Copied");
    return page.evaluate(() => navigator.clipboard.readText());
  };
  await page.goto(`/runs/${runId}`);
  expect(await copied("run id")).toBe(runId);
  expect(await copied("error")).toBe(message);
  await page.goto(`/runs/${runId}?step=${keep}&tab=output`);
  const output = await copied("output");
  const step = await seed.get<{ output: { all: object } }>(`/runs/${runId}/steps/${keep}`);
  expect(output).toBe(JSON.stringify(step.output, null, 2));
  expect(step.output.all).toEqual(delivered);
  await page.goto(`/workflows/${id}`);
  await page.getByRole("button", { name: "Webhook", exact: true, expanded: false }).click();
  expect(await copied("webhook URL")).toBe(url);

  // Over plain HTTP from another machine browsers give pages no clipboard to write to.
  await page.addInitScript(() => Object.defineProperty(navigator, "clipboard", { value: undefined }));
  await page.goto(`/runs/${runId}`);
  await page.getByRole("button", { name: "Copy error", exact: true }).click();
  await expect.poll(heard).toContain("Copied");
  await expect(page.getByRole("button", { name: "Copied" })).toBeFocused();
  await page.keyboard.press("Control+k");
  const search = page.getByRole("combobox", { name: /Search/ });
  await expect(search).toBeFocused();
  await page.keyboard.press("Control+v");
  await expect(search).toHaveValue(message);
});
