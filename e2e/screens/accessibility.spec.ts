import { expect, type Page } from "@playwright/test";
import { Seed } from "../fixtures/api.ts";
import { seriousFaults } from "../fixtures/axe.ts";
import { callDocument, failTimes, setTarget } from "../fixtures/failing.ts";
import { test } from "../fixtures/test.ts";

// The screens, the walk through them by key and the sign-in need nothing of each other.
test.describe.configure({ mode: "parallel" });

/** Each width, and each theme once with its colours. */
const views = [
  { width: 1440, colorScheme: "light", colours: true },
  { width: 1024, colorScheme: "dark", colours: true },
  { width: 390, colorScheme: "light", colours: false },
] as const;

interface Seeded {
  id: string;
  runId: string;
  issueId: string;
}

/** Something for each screen. */
async function seedScreens(seed: Seed, request: Parameters<typeof setTarget>[0], origin: string): Promise<Seeded> {
  await setTarget(request, origin, "sound", { kind: "flaky", failRatio: 1, status: 404 });
  const id = await seed.workflow("Sound", callDocument(origin, "sound"));
  await seed.publish(id);
  const { issueId } = await failTimes(seed, id, 1);
  const { items } = await seed.get<{ items: { id: string }[] }>(`/runs?workflowId=${id}`);
  return { id, issueId, runId: items[0]?.id ?? "" };
}

async function walkThrough(page: Page, paths: readonly string[]): Promise<void> {
  test.setTimeout(240_000); // every screen three times, and each is searched whole
  for (const path of paths) {
    await test.step(path, async () => {
      await page.setViewportSize({ width: 1440, height: 900 });
      await page.goto(path);
      await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
      await expect(page.getByRole("status", { name: /Loading/ })).toHaveCount(0);
      for (const { width, colorScheme, colours } of views) {
        await page.setViewportSize({ width, height: 900 });
        await page.emulateMedia({ colorScheme });
        await expect(page.locator("html")).toHaveClass(new RegExp(colorScheme));
        expect.soft(await seriousFaults(page, { colours }), `${path}, ${width} px, ${colorScheme}`).toEqual([]);
      }
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect(overflow, `${path} is wider than a phone`).toBeLessThanOrEqual(0);
    });
  }
}

// The screens in the order of a walk through the product, in two halves that are walked side by side.

test("check 25: from the workflows to a run no screen has a serious accessibility fault in either theme at any width, and none scrolls sideways on a phone", async ({
  page,
  request,
  server,
}) => {
  const { id, runId } = await seedScreens(new Seed(request, server.baseUrl), request, server.baseUrl);
  const ofWorkflow = ["", "?node=call&tab=reliability", "/versions", "/deliveries"].map((rest) => `/workflows/${id}${rest}`);
  await walkThrough(page, ["/workflows", ...ofWorkflow, "/runs", `/runs/${runId}`]);
});

test("check 25: from the inbox to the settings no screen has a serious accessibility fault in either theme at any width, and none scrolls sideways on a phone", async ({
  page,
  request,
  server,
}) => {
  const { issueId } = await seedScreens(new Seed(request, server.baseUrl), request, server.baseUrl);
  const settings = ["profile", "tokens", "members", "audit"].map((name) => `/settings/${name}`);
  const lists = ["/inbox/redrives", "/approvals", "/alerts", "/alerts?tab=rules", "/connections", "/sandbox?target=sound"];
  await walkThrough(page, [`/inbox?issue=${issueId}`, ...lists, ...settings]);
});

interface Stop {
  name: string;
  shown: boolean;
  inMain: boolean;
  /** Follows the stop before in the document, which is how screen readers go, too. */
  follows: boolean;
  box: { top: number; left: number; bottom: number };
}

/** Where the focus is now, and whether one sees it. */
function stopHere(page: Page): Promise<Stop | null> {
  return page.evaluate(() => {
    const here = document.activeElement;
    if (!(here instanceof HTMLElement) || here === document.body) return null;
    const before = document.querySelector("[data-stop-before]");
    before?.removeAttribute("data-stop-before");
    here.setAttribute("data-stop-before", "");
    const { top, left, bottom, width, height } = here.getBoundingClientRect();
    const rings = [getComputedStyle(here), getComputedStyle(here, "::after")];
    const ring = rings.some(({ outlineStyle, outlineWidth }) => outlineStyle !== "none" && Number.parseFloat(outlineWidth) > 0);
    return {
      name: `${here.tagName} ${here.getAttribute("aria-label") ?? here.textContent?.slice(0, 40)}`,
      shown: ring && width > 0 && height > 0 && top < innerHeight && bottom > 0,
      inMain: here.closest("main") !== null,
      follows: before === null || (before.compareDocumentPosition(here) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0,
      box: { top, left, bottom },
    };
  });
}

test("check 25: the focus is always seen and goes in the order of reading, from the skip link on; keys that type a character can be switched off, the others stay; less motion is none", async ({
  page,
  request,
  server,
}) => {
  test.setTimeout(120_000); // some screens are walked through key by key
  const seed = new Seed(request, server.baseUrl);
  const id = await seed.workflow("Walked through", callDocument(server.baseUrl, "walked"));
  for (const path of ["/workflows", "/runs", "/inbox", "/settings/profile"]) {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
    await expect(page.getByRole("status", { name: /Loading/ })).toHaveCount(0);
    await page.keyboard.press("Tab");
    await expect(page.getByRole("link", { name: "Skip to the content" })).toBeFocused();
    let before = await stopHere(page);
    for (let presses = 0; presses < 30 && before !== null; presses++) {
      await page.keyboard.press("Tab");
      const stop = await stopHere(page);
      if (stop === null) break;
      expect(stop.shown, `${path}: ${stop.name} is seen`).toBe(true);
      expect(stop.follows, `${path}: ${stop.name} follows ${before.name}`).toBe(true);
      const down = stop.box.bottom > before.box.top - 4 || stop.box.left > before.box.left || stop.inMain !== before.inMain;
      expect(down, `${path}: ${stop.name} is not above ${before.name}`).toBe(true);
      before = stop;
    }
  }
  await page.reload();
  await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
  await page.keyboard.press("Tab");
  expect((await stopHere(page))?.inMain).toBe(true);

  await page.goto("/settings/profile");
  await page.getByRole("switch", { name: "Single-letter shortcuts" }).click();
  await page.goto("/workflows");
  const row = page.getByRole("link", { name: /^Walked through/ });
  await expect(row).toBeVisible();
  for (const key of ["n", "j", "?", "/"]) await page.keyboard.press(key);
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.locator("body")).toBeFocused();
  await row.focus();
  await page.keyboard.press("r");
  await page.keyboard.press("g");
  await page.keyboard.press("r");
  await expect(page).toHaveURL(/\/workflows$/);
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog", { name: "Search and commands" })).toBeVisible();
  await page.goto(`/workflows/${id}`);
  const step = page.locator('[data-step-name="Note it"]');
  await step.focus();
  await page.keyboard.press("d");
  await expect(page.getByRole("button", { name: /^Undo: Disable/ })).toHaveCount(0);
  await page.keyboard.press("Delete");
  await expect(step).toHaveCount(0);
  await page.keyboard.press("Control+z");
  await expect(step).toBeVisible();

  // What moves, and stands still for whoever asked their system for it.
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route("**/api/v1/runs?*", (route) => held.then(() => route.continue()));
  await page.goto("/runs");
  const moving = () => page.evaluate(() => document.getAnimations().length);
  await expect.poll(moving).toBeGreaterThan(0);
  await page.emulateMedia({ reducedMotion: "reduce" });
  await expect.poll(moving).toBe(0);
  release();
  await page.goto(`/workflows/${id}`);
  await expect(step).toBeVisible();
  const place = () => page.locator(".react-flow__viewport").getAttribute("style");
  await page.getByRole("button", { name: "Zoom in" }).click();
  const after = await place();
  await page.evaluate(() => new Promise(requestAnimationFrame));
  expect(await place()).toBe(after);
});

test("a stranger is sent to sign in, and lands on the page asked for with its filters", async ({ browser, baseURL, ownerState: _ }) => {
  const context = await browser.newContext({ ...(baseURL ? { baseURL } : {}), storageState: { cookies: [], origins: [] } });
  const page = await context.newPage();
  await page.goto("/runs?status=failed");
  await page.getByLabel("E-mail").fill("ada@example.com");
  await page.getByRole("textbox", { name: "Password" }).fill("wrong password here");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert").first()).toBeVisible();
  await page.getByRole("textbox", { name: "Password" }).fill("correct horse battery staple");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/runs\?status=failed/);
  await context.close();
});
