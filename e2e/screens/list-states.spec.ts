import { expect, type Page, type Route } from "@playwright/test";
import { Seed } from "../fixtures/api.ts";
import { test } from "../fixtures/test.ts";

/* A list that shows no rows says why: it is loading, nothing is there yet, nothing matches, or it could not be loaded. */

interface List {
  path: string;
  /** What it asks the API for. */
  asks: string;
  loading: string;
  failed: string;
  empty: string;
  /** An address at which nothing matches, and what is said there. Lists without it have no filter. */
  filtered?: { search: string; none: string };
}

const lists: List[] = [
  {
    path: "/workflows",
    asks: "workflows",
    loading: "Loading workflows",
    failed: "The workflows could not be loaded",
    empty: "Build your first workflow",
    filtered: { search: "q=no+such+name", none: "No workflow matches" },
  },
  {
    path: "/runs",
    asks: "runs",
    loading: "Loading runs",
    failed: "The runs could not be loaded",
    empty: "No runs yet",
    filtered: { search: "q=no+such+run", none: "No run matches" },
  },
  {
    path: "/inbox",
    asks: "issues",
    loading: "Loading issues",
    failed: "The inbox could not be loaded",
    empty: "Nothing is waiting",
    filtered: { search: "q=no+such+issue", none: "No issue matches" },
  },
  {
    path: "/connections",
    asks: "connections",
    loading: "Loading connections",
    failed: "The connections could not be loaded",
    empty: "No connections yet",
    filtered: { search: "q=no+such+connection", none: "No connection matches" },
  },
  {
    path: "/settings/audit",
    asks: "audit-log",
    loading: "Loading the audit log",
    failed: "The audit log could not be loaded",
    empty: "Nothing was done yet",
    filtered: { search: "type=nothing", none: "No entry matches" },
  },
  {
    path: "/workflows/:id/deliveries",
    asks: "events",
    loading: "Loading the deliveries",
    failed: "The deliveries could not be loaded",
    empty: "No deliveries yet",
    filtered: { search: "outcome=duplicate", none: "No duplicate delivery" },
  },
  {
    path: "/approvals",
    asks: "approvals",
    loading: "Loading the approvals",
    failed: "The approvals could not be loaded",
    empty: "Nothing waits for you",
  },
  {
    path: "/alerts",
    asks: "alerts",
    loading: "Loading the alerts",
    failed: "The alerts could not be loaded",
    empty: "Nobody was told of anything yet",
    filtered: { search: "state=failed", none: "No alert matches" },
  },
  {
    path: "/inbox/redrives",
    asks: "redrives",
    loading: "Loading bulk acts",
    failed: "The bulk acts could not be loaded",
    empty: "No bulk act yet",
  },
  {
    path: "/sandbox",
    asks: "sandbox-targets",
    loading: "Loading targets",
    failed: "The sandbox could not be loaded",
    empty: "No targets yet",
  },
  {
    path: "/settings/tokens",
    asks: "tokens",
    loading: "Loading tokens",
    failed: "The tokens could not be loaded",
    empty: "No tokens yet",
  },
];

const requestId = "01999999-0000-7000-8000-00000000abcd";

/** Stands between a list and the API: holds its request until it is told what to answer. */
async function holdList(page: Page, asks: string): Promise<Record<"fail" | "giveNothing" | "stop", () => Promise<void>>> {
  const pattern = new RegExp(`/api/v1/${asks}(\\?|$)`);
  let answer: ((route: Route) => Promise<void>) | null = null;
  const held: Route[] = [];
  await page.route(pattern, async (route) => {
    if (answer === null) held.push(route);
    else await answer(route);
  });
  const answerAll = async (next: (route: Route) => Promise<void>) => {
    answer = next;
    await Promise.all(held.splice(0).map(next));
  };
  const problem = {
    type: "urn:sluice:problem:internal",
    title: "Internal error",
    status: 500,
    code: "internal",
    detail: "something broke",
  };
  return {
    fail: () => answerAll((route) => route.fulfill({ status: 500, json: { ...problem, requestId } })),
    giveNothing: () => answerAll((route) => route.fulfill({ json: { items: [], nextCursor: null } })),
    stop: () => page.unroute(pattern),
  };
}

test("check 2: loading, empty, filtered-empty and error have four different texts on each list; an error can be tried again and names the request, and filters are cleared in one click", async ({
  page,
  context,
  request,
  server,
}) => {
  test.setTimeout(120_000); // every list in each of its states
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const seed = new Seed(request, server.baseUrl);
  const id = await seedRows(seed);
  const main = page.getByRole("main");
  for (const { path, asks, loading, failed, empty, filtered } of lists) {
    await test.step(path, async () => {
      const address = path.replace(":id", id);
      const list = await holdList(page, asks);
      await page.goto(address);
      await expect(main.getByRole("status", { name: loading })).toBeVisible();
      const texts = [await main.textContent()];

      await list.fail();
      const alert = main.getByRole("alert").filter({ hasText: failed });
      await expect(alert).toContainText(requestId);
      await expect(alert).toContainText("Something broke");
      texts.push(await main.textContent());
      await alert.getByRole("button", { name: "Copy request id" }).click();
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(requestId);

      await list.giveNothing();
      await alert.getByRole("button", { name: "Try again" }).click();
      await expect(main.getByText(empty)).toBeVisible();
      await expect(alert).toBeHidden();
      texts.push(await main.textContent());
      await list.stop();

      if (filtered) {
        await page.goto(`${address}?${filtered.search}`);
        await expect(main.getByText(filtered.none)).toBeVisible();
        await expect(main.getByText(empty)).toBeHidden();
        texts.push(await main.textContent());
        await main.getByRole("button", { name: "Clear filters" }).last().click();
        await expect(main.getByText(filtered.none)).toBeHidden();
        await expect(main.locator("[data-row]").first()).toBeVisible();
        await expect(page).not.toHaveURL(new RegExp(filtered.search.replaceAll("+", "."), "i"));
      }
      expect(new Set(texts).size).toBe(texts.length);
    });
  }
});

/** One row for every list that has a filter: a webhook whose delivery fails, a connection, and an alert that waits for a channel nobody reaches. */
async function seedRows(seed: Seed): Promise<string> {
  const nodes = [
    { id: "hook", type: "webhook", name: "Hook", position: { x: 0, y: 0 } },
    { id: "stop", type: "stop-and-dead-letter", name: "Stop", position: { x: 320, y: 0 }, config: { reason: "no stock left" } },
  ];
  const edges = [{ id: "e1", source: "hook", target: "stop" }];
  await seed.post("/channels", { kind: "webhook", name: "Nobody there", url: "https://127.0.0.1/hook" });
  await seed.post("/connections", { name: "Shop", kind: "secret", secrets: { secret: "s3cr3t" } });
  const id = await seed.workflow("Has rows", { schemaVersion: 1, nodes, edges });
  await seed.publish(id);
  const { triggers } = await seed.get<{ triggers: { url: string }[] }>(`/workflows/${id}`);
  expect(
    (await fetch(triggers[0]?.url ?? "", { method: "POST", body: "{}", headers: { "content-type": "application/json" } })).status,
  ).toBe(202);
  await expect
    .poll(async () => (await seed.get<{ items: object[] }>(`/issues?workflowId=${id}`)).items.length, { timeout: 20_000 })
    .toBe(1);
  await expect.poll(async () => (await seed.get<{ items: object[] }>("/alerts")).items.length, { timeout: 20_000 }).toBeGreaterThan(0);
  return id;
}
