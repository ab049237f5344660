import { expect, type Locator, type Page } from "@playwright/test";
import { Seed } from "../fixtures/api.ts";
import { stopDocument } from "../fixtures/failing.ts";
import { test } from "../fixtures/test.ts";

/* Every moment on a screen can be read in the zone that was chosen and in UTC, by pointer and by keyboard. */

const zone = "Europe/Berlin";
test.use({ timezoneId: zone });

function inZone(iso: string, timeZone: string): string {
  const fields = { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit" } as const;
  return new Intl.DateTimeFormat("en-GB", { ...fields, hourCycle: "h23", timeZoneName: "short", timeZone }).format(Date.parse(iso));
}

/** Texts that read like a moment and are none: not in a `<time>`, nor the words of a control. */
function strayTimes(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const moment = /\b\d+ (s|min|h|d) ago\b|\bin \d+ (s|min|h|d)\b|\b\d{1,2} [A-Z][a-z]{2}( \d{4})?, \d\d:\d\d|\b\d\d:\d\d:\d\d\b/;
    const walker = document.createTreeWalker(document.querySelector("main") ?? document.body, NodeFilter.SHOW_TEXT);
    const found: string[] = [];
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const text = node.textContent ?? "";
      if (moment.test(text) && node.parentElement?.closest("time,button,pre,.json-tree,.sr-only") === null) found.push(text);
    }
    return found;
  });
}

async function expectTold(page: Page, time: Locator, shownZone: string): Promise<void> {
  const iso = (await time.getAttribute("datetime")) ?? "";
  expect(new Date(iso).toISOString()).toBe(iso);
  const hint = page
    .getByRole("presentation")
    .filter({ hasText: "UTC" })
    .filter({ hasText: inZone(iso, shownZone) });
  await expect(hint).toContainText(shownZone);
  await expect(hint).toContainText(iso.replace("T", " ").replace("Z", ""));
}

/** When Central Europe next sets its clocks forward: on the last Sunday of March, at 1:00 UTC. */
function nextSpring(): Date {
  const lastSunday = (year: number) => {
    const end = new Date(Date.UTC(year, 2, 31, 1));
    end.setUTCDate(31 - end.getUTCDay());
    return end;
  };
  const now = new Date();
  const own = lastSunday(now.getUTCFullYear());
  return own > now ? own : lastSunday(now.getUTCFullYear() + 1);
}

test("check 6: every time is a <time> that tells zone and UTC on hover and on focus; another zone changes list, detail and filter; a schedule's preview is its next run across a change of the clocks", async ({
  page,
  request,
  server,
}) => {
  test.setTimeout(120_000); // every screen once
  const seed = new Seed(request, server.baseUrl);
  const id = await seed.workflow("Timed", stopDocument("no stock left"));
  await seed.publish(id);
  const { runId } = await seed.post<{ runId: string }>(`/workflows/${id}/runs`, { input: {} });
  const issues = async () => (await seed.get<{ items: { id: string }[] }>(`/issues?workflowId=${id}`)).items;
  await expect.poll(async () => (await issues()).length, { timeout: 20_000 }).toBe(1);
  const issueId = (await issues())[0]?.id;
  await seed.patch(`/issues/${issueId}`, { status: "snoozed", snooze: { until: new Date(Date.now() + 86_400_000).toISOString() } });

  // In a gap of the clocks: at 2:30 on the night they jump from 2 to 3. It fires at the first moment after it.
  const spring = nextSpring();
  const cron = `30 2 ${spring.getUTCDate()} 3 *`;
  const nodes = [{ id: "at", type: "schedule", name: "At night", position: { x: 0, y: 0 }, config: { cron, timezone: zone } }];
  const nightly = await seed.workflow("Nightly", { schemaVersion: 1, nodes, edges: [] });
  await seed.publish(nightly);
  const { triggers } = await seed.get<{ triggers: { nextFireAt: string }[] }>(`/workflows/${nightly}`);
  expect(triggers[0]?.nextFireAt).toBe(spring.toISOString());
  await page.goto(`/workflows/${nightly}?node=at&tab=settings`);
  const preview = page.locator("time").filter({ hasText: `${spring.getUTCDate()} Mar ${spring.getUTCFullYear()}` });
  await expect(preview).toHaveAttribute("datetime", spring.toISOString());
  await expect(preview).toHaveText(inZone(spring.toISOString(), zone));

  const main = page.getByRole("main");
  const look = async (shown: string) => {
    await expect(main.getByText(shown).first()).toBeVisible();
    await expect(main.locator("time").first()).toBeVisible();
    expect(await strayTimes(page), page.url()).toEqual([]);
  };
  await page.goto(`/workflows/${id}`);
  await look("Saved");
  await page.goto(`/workflows/${id}/versions`);
  await look("No note");
  await page.goto(`/runs/${runId}`);
  await look("Received");
  await page.keyboard.press("l");
  await look("What happened");
  const links = page.getByRole("navigation", { name: "Main" }).getByRole("link");
  await links.filter({ hasText: "Workflows" }).click();
  await look("Nightly");
  await links.filter({ hasText: "Runs" }).click();
  await look("Timed");
  await links.filter({ hasText: "Settings" }).click();
  await page.getByRole("link", { name: "Members" }).click();
  await look("ada@example.com");
  await page.getByRole("link", { name: "Audit log" }).click();
  await look("Workflow published");
  await page.goto(`/inbox?tab=snoozed&issue=${issueId}`);
  await look("Comes back");

  const from = new Date(Date.now() - 7_200_000).toISOString();
  await page.goto(`/runs?workflow=${id}&from=${from}`);
  const inList = page.getByRole("table", { name: "Runs" }).locator("time");
  const filter = page.getByRole("button", { name: /^Since/ });
  const toTheMinute = (iso: string, timeZone: string) => inZone(iso, timeZone).replace(/:\d\d (\S+)$/, " $1");
  await expect(filter).toHaveText(`Since ${toTheMinute(from, zone)}`);
  await inList.hover();
  await expectTold(page, inList, zone);
  await page.mouse.move(0, 0);
  await page.getByRole("table", { name: "Runs" }).locator("[data-row-link]").focus();
  await expect(async () => {
    await page.keyboard.press("Tab");
    await expect(inList).toBeFocused({ timeout: 100 });
  }).toPass();
  await expectTold(page, inList, zone);

  // Another zone, chosen once, is that of list, filter and detail, and is remembered.
  await page.getByRole("button", { name: /account/ }).click();
  await page.getByRole("menuitemcheckbox", { name: "Times in UTC" }).click();
  await expect(filter).toHaveText(`Since ${toTheMinute(from, "UTC")}`);
  await inList.hover();
  await expectTold(page, inList, "UTC");
  await page.goto(`/runs/${runId}`);
  const received = page.locator("time").filter({ hasText: /\d{4}/ }).first();
  await expect(received).toHaveText(inZone((await received.getAttribute("datetime")) ?? "", "UTC"));
});
