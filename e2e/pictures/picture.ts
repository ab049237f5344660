import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, type Page } from "@playwright/test";
import { test, type Workspace } from "./workspace.ts";

export interface Scene extends Workspace {
  page: Page;
  width: Width;
}

export const widths = [1440, 1024, 390] as const;
type Width = (typeof widths)[number];

interface PictureOptions {
  /** Kept in the repository at every width. */
  important?: boolean;
  /** Kept at these widths; absent: at 1440. */
  keeps?: readonly Width[];
  /** What it shows is that something is still loading. */
  loading?: boolean;
  /** Where the state cannot be reached at every width. */
  only?: readonly Width[];
}

export const heights: Record<Width, number> = { 1440: 900, 1024: 768, 390: 844 };
// `SLUICE_SCREENS=<folder>` takes all there are, as PNG, to be looked at.
const folder = process.env.SLUICE_SCREENS;
const kept = join(import.meta.dirname, "..", "..", "docs", "screens");

/** Goes somewhere, at each width, and takes a picture of it in both themes. */
export function picture(name: string, arrive: (scene: Scene) => Promise<void>, options: PictureOptions = {}): void {
  test(name, async ({ page, workspace }) => {
    const { important = false, only = widths, loading = false } = options;
    const keeps = important ? widths : (options.keeps ?? (only.includes(1440) ? [1440] : only));
    for (const width of only.filter((each) => folder !== undefined || keeps.includes(each))) {
      await page.setViewportSize({ width, height: heights[width] });
      await page.emulateMedia({ colorScheme: "light" });
      await arrive({ page, width, ...workspace });
      for (const theme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme: theme });
        await settle(page, loading);
        await save(page, width === 1440 ? `${name}-${theme}` : `${name}-${width}-${theme}`);
      }
    }
  });
}

async function settle(page: Page, loading: boolean): Promise<void> {
  if (!loading) await expect(page.getByRole("status", { name: /^Loading/ })).toHaveCount(0);
  await page.evaluate(() => document.fonts.ready);
  // Canvases move into place: still is what looks the same twice. Clocks that tick may look different for ever.
  let before = await page.screenshot();
  for (let look = 0; look < 5; look++) {
    const now = await page.screenshot();
    if (now.equals(before)) return;
    before = now;
  }
}

async function save(page: Page, name: string): Promise<void> {
  if (folder !== undefined) {
    await page.screenshot({ path: join(folder, `${name}.png`) });
    return;
  }
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send("Page.captureScreenshot", { format: "webp", quality: 80 });
  await session.detach();
  await mkdir(kept, { recursive: true });
  await writeFile(join(kept, `${name}.webp`), Buffer.from(data, "base64"));
}

/** Waits until the page has its heading. */
export async function open(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
}
