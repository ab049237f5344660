import { expect } from "@playwright/test";
import { Seed, smallDocument } from "../fixtures/api.ts";
import { shot } from "../fixtures/shot.ts";
import { test } from "../fixtures/test.ts";

/** Asks a person where the event says so; fails on all other events. */
const broken = {
  schemaVersion: 1,
  nodes: [
    { id: "start", type: "manual", name: "Start", position: { x: 0, y: 0 } },
    { id: "which", type: "if", name: "Which", position: { x: 320, y: 0 }, config: { condition: "trigger.body.ask" } },
    { id: "ask", type: "approval", name: "Ask", position: { x: 640, y: 0 }, config: { message: "Go on?" } },
    { id: "give", type: "set", name: "Give", position: { x: 960, y: 0 }, config: { values: { value: "two" } } },
    { id: "stop", type: "stop-and-dead-letter", name: "Stop", position: { x: 640, y: 200 }, config: { reason: "broken" } },
  ],
  edges: [
    { id: "e1", source: "start", target: "which" },
    { id: "e2", source: "which", sourcePort: "true", target: "ask" },
    { id: "e3", source: "which", sourcePort: "false", target: "stop" },
    { id: "e4", source: "ask", sourcePort: "approved", target: "give" },
  ],
};

test("check 24: the guard pauses a version that fails more, all pages of the workflow say so, and the comparison reads over; an abort gives all new items to the live version, and those under way finish on theirs", async ({
  page,
  request,
  server,
}) => {
  test.setTimeout(120_000); // the guard looks every ten seconds
  const seed = new Seed(request, server.baseUrl);
  const id = await seed.workflow("Broken trial", smallDocument("one"));
  await seed.publish(id);
  await seed.put(`/workflows/${id}/draft`, { revision: 1, document: broken });
  const guard = { enabled: true, minRuns: 5, maxExcess: 5 };
  expect(await seed.post(`/workflows/${id}/publish`, { rollout: { percent: 20, guard } })).toMatchObject({ version: 2 });
  const start = async (count: number, input: object) => {
    const started = Array.from({ length: count }, () => seed.post<{ runId: string }>(`/workflows/${id}/runs`, { input }));
    return (await Promise.all(started)).map(({ runId }) => runId);
  };
  const onTrial = async (status: string) =>
    (await seed.get<{ items: { id: string }[] }>(`/runs?workflowId=${id}&version=2&status=${status}&limit=100`)).items;
  const rollout = async () => (await seed.get<{ rollout: { paused: boolean } | null }>(`/workflows/${id}`)).rollout;

  // Every item has one chance in five of the new version: they are sent until enough have come to it.
  const sendUntil = async (input: object, status: string, enough: number) => {
    await expect(async () => {
      await start(15, input);
      await expect.poll(async () => (await onTrial(status)).length, { timeout: 2_000 }).toBeGreaterThanOrEqual(enough);
    }).toPass({ timeout: 40_000 });
  };
  await sendUntil({ ask: true }, "waiting", 1);
  const [underWay] = await onTrial("waiting");
  await sendUntil({ ask: false }, "failed", 5);

  await page.goto(`/workflows/${id}`);
  const banner = page.getByRole("status").filter({ hasText: "The trial of version 2 is paused: 100 % of" });
  await expect(banner).toContainText("of the live version. Version 1 takes all new events.", { timeout: 30_000 });
  expect(await rollout()).toMatchObject({ paused: true });
  await shot(page, "paused");
  for (const path of ["versions", "deliveries"]) {
    await page.goto(`/workflows/${id}/${path}`);
    await expect(banner).toBeVisible();
    await shot(page, `paused-${path}`);
  }
  await page.goto("/workflows?q=Broken+trial");
  await expect(page.getByRole("row", { name: /Broken trial/ })).toContainText("v2 trial paused");
  await shot(page, "paused-list");

  await page.goto(`/workflows/${id}/versions`);
  await banner.getByRole("button", { name: "Compare and decide" }).click();
  const trial = page.getByRole("dialog", { name: "Version 2 beside version 1" });
  await expect(trial.getByRole("row", { name: /Failed runs.*Over/ })).toBeVisible();
  await expect(trial.getByRole("button", { name: "Go on without the guard" })).toBeVisible();
  await shot(page, "over");
  await trial.getByRole("button", { name: "Abort and return" }).click();
  await expect(banner).toBeHidden();
  await expect.poll(rollout).toBeNull();

  const started = await start(30, { ask: false });
  const versions = await Promise.all(started.map(async (runId) => (await seed.get<{ version: number }>(`/runs/${runId}`)).version));
  expect(new Set(versions)).toEqual(new Set([1]));
  const { items } = await seed.get<{ items: { id: string }[] }>(`/approvals?runId=${underWay?.id}`);
  await seed.post(`/approvals/${items[0]?.id}/decide`, { decision: "approved" });
  const finished = () =>
    seed.get<{ status: string; version: number; steps: { nodeId: string; status: string }[] }>(`/runs/${underWay?.id}`);
  await expect.poll(async () => (await finished()).status, { timeout: 20_000 }).toBe("succeeded");
  const { version, steps } = await finished();
  expect(version).toBe(2);
  expect(steps.find(({ nodeId }) => nodeId === "give")?.status).toBe("succeeded");
});

test("a version is tried on a share of the events, paused, and promoted", async ({ page, request, server }) => {
  const seed = new Seed(request, server.baseUrl);
  const id = await seed.workflow("Trial", smallDocument("one"));
  await seed.publish(id);
  await page.goto(`/workflows/${id}?node=give&tab=settings`);
  await page.getByRole("button", { name: "Publish", exact: true }).click();
  // A toast is a dialog too, so each is asked for by its name.
  const dialog = page.getByRole("dialog", { name: /^(Publish version|Version 2 takes)/ });
  const trial = page.getByRole("dialog", { name: "Version 2 beside version 1" });
  await dialog.getByLabel("A share of them, beside version 1").check();
  await dialog.getByLabel("Share in percent").fill("120");
  await expect(dialog.getByRole("alert")).toHaveText("must be from 1 to 99");
  await expect(dialog.getByLabel("Share in percent")).toHaveValue("120");
  await dialog.getByLabel("Share in percent").fill("25");
  await dialog.getByRole("button", { name: "Publish version 2" }).click();
  await expect(dialog.getByText("Version 2 takes 25 % of new events")).toBeVisible();
  await dialog.getByRole("button", { name: "Done" }).click();

  await expect(page.getByText("Version 2 takes 25 % of new events, version 1 the rest.")).toBeVisible();
  await expect(dialog).toBeHidden();
  await page.getByRole("button", { name: "Compare and decide" }).click();
  await expect(trial.getByRole("row", { name: /Failed runs.*Not enough data yet/ })).toBeVisible();
  await expect(trial.getByText(/20 more of its runs have to end/)).toBeVisible();
  await shot(page, "rollout");
  await trial.getByRole("button", { name: "Pause" }).click();
  await expect(trial.getByRole("button", { name: "Go on with this share" })).toBeVisible();
  await trial.getByRole("button", { name: "Promote version 2" }).click();
  await expect(trial).toBeHidden();
  await expect(page.getByText(/takes 25 %/)).toBeHidden();
  expect(await seed.get<{ liveVersion: number }>(`/workflows/${id}`)).toMatchObject({ liveVersion: 2, rollout: null });
});

test("a note is typed, moved by key, undone and kept", async ({ page, request, server }) => {
  const seed = new Seed(request, server.baseUrl);
  const id = await seed.workflow("Notes", smallDocument("one"));
  await page.goto(`/workflows/${id}`);
  await page.locator("[data-step-name=Start]").focus();
  await page.keyboard.press("n");
  await page.getByLabel("Text of the note").fill("Ask Ada before changing this");
  await page.keyboard.press("Escape");
  const note = page.getByRole("group", { name: "Note: Ask Ada before changing this" });
  await note.focus();
  await page.keyboard.press("Shift+ArrowDown");
  // The reload must not come before what was typed is on the server.
  const saved = () => seed.get<{ draft: { document: object } }>(`/workflows/${id}`).then(({ draft }) => JSON.stringify(draft.document));
  await expect.poll(saved).toContain('"text":"Ask Ada before changing this"');
  await shot(page, "note");
  await page.reload();
  await expect(note).toBeVisible();
  await note.focus();
  await page.keyboard.press("Delete");
  await expect(note).toBeHidden();
  await page.keyboard.press("Control+z");
  await expect(note).toBeVisible();
});
