import { expect } from "@playwright/test";
import { Seed } from "../fixtures/api.ts";
import { test } from "../fixtures/test.ts";

/** A run waits before its last step; the versions differ in what comes last, or in the wait. */
function documentOf(last: string, forMs: number): object {
  return {
    schemaVersion: 1,
    nodes: [
      { id: "start", type: "manual", name: "Start", position: { x: 0, y: 0 } },
      { id: "wait", type: "delay", name: "Wait a day", position: { x: 320, y: 0 }, config: { forMs } },
      { id: last, type: "set", name: last, position: { x: 640, y: 0 }, config: { values: { done: true } } },
    ],
    edges: [
      { id: "e1", source: "start", target: "wait" },
      { id: "e2", source: "wait", target: last },
    ],
  };
}

test("a run that waits is moved to the live version where it can go on there, and is told why where it cannot", async ({
  page,
  baseURL,
}) => {
  const seed = new Seed(page.request, baseURL ?? "");
  const day = 86_400_000;
  const workflowId = await seed.workflow("Waits a day", documentOf("old", day));
  const put = async (document: object) => {
    const { draft } = await seed.get<{ draft: { revision: number } }>(`/workflows/${workflowId}`);
    await seed.put(`/workflows/${workflowId}/draft`, { document, revision: draft.revision });
    await seed.publish(workflowId);
  };
  await seed.publish(workflowId);
  const start = () => seed.post<{ runId: string }>(`/workflows/${workflowId}/runs`, { input: {} });
  const [{ runId }] = [await start(), await start()];
  await expect.poll(async () => (await seed.get<{ status: string }>(`/runs/${runId}`)).status).toBe("waiting");

  await put(documentOf("other", day * 2));
  await page.goto(`/runs/${runId}?view=events`);
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Move to another version…" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("region", { name: "Why it cannot be moved" })).toContainText(
    '"Wait a day" waits, and v2 changes what that depends on: config.forMs',
  );
  await expect(dialog.getByRole("button", { name: "Move run" })).toBeDisabled();
  await dialog.getByRole("button", { name: "Cancel" }).click();

  await put(documentOf("other", day));
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Move to another version…" }).click();
  await expect(dialog).toContainText("It can go on from v1 to v3");
  await dialog.getByRole("button", { name: "Move run" }).click();
  await expect(page.getByText("Moved from v1 to v3 by Ada Owner")).toBeVisible();

  await page.goto(`/workflows/${workflowId}/versions`);
  await expect(page.getByRole("link", { name: "1 run still on v1" })).toBeVisible();
  await page.getByRole("button", { name: "Move to v3…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Move 1 run" }).click();
  await expect(page.getByRole("region", { name: "Progress" })).toContainText("Moved");
  await expect.poll(async () => (await seed.get<{ items: unknown[] }>(`/runs?workflowId=${workflowId}&version=3`)).items.length).toBe(2);
});
