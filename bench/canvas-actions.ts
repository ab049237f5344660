import type { Page } from "@playwright/test";
import { dragAbout, headerOf } from "#e2e/fixtures/canvas-gestures.ts";

export interface Action {
  what: string;
  /** Brings the page to where the action begins; not measured. */
  prepare?(page: Page): Promise<void>;
  /** Goes on for about `forMs`. */
  act(page: Page, forMs: number): Promise<void>;
  /** Asked of this action; others are told only. */
  judged: boolean;
  /** How many steps it may render: those that move, and two the pointer passes. */
  mayRender: number | null;
}

/** What a person does on a large canvas, once with all of it in view and once at full size. */
export const actions: Action[] = [
  { what: "drag a step, all in view", judged: true, mayRender: 3, prepare: (page) => page.keyboard.press("1"), act: dragStep },
  { what: "drag 20 steps, all in view", judged: true, mayRender: 22, prepare: selectBlock, act: dragStep },
  { what: "pan, all in view", judged: false, mayRender: null, prepare: (page) => page.keyboard.press("Escape"), act: pan },
  { what: "zoom", judged: false, mayRender: null, act: zoom },
  { what: "drag a step at 100 %", judged: true, mayRender: 3, prepare: fullSize, act: dragStep },
  { what: "pan at 100 %", judged: false, mayRender: null, act: pan },
];

// In the middle of what is drawn, so that it is in view at any size.
const middleStep = "Step 110";
const blockFrom = "Step 88";
const blockTo = "Step 152";

function dragStep(page: Page, forMs: number): Promise<void> {
  return dragAbout(page, middleStep, forMs);
}

/** Draws a selection around four rows of five. */
async function selectBlock(page: Page): Promise<void> {
  const [from, to] = [await headerOf(page, blockFrom), await headerOf(page, blockTo)];
  await page.keyboard.down("Shift");
  await page.mouse.move(from.x - 20, from.y - 20);
  await page.mouse.down();
  await page.mouse.move(to.x + 5, to.y + 5, { steps: 5 });
  await page.mouse.up();
  await page.keyboard.up("Shift");
}

async function fullSize(page: Page): Promise<void> {
  await page.keyboard.press("1");
  await page.getByRole("button", { name: /^Zoom 1\d %/ }).waitFor();
  await page.keyboard.press("0");
  await page.getByRole("button", { name: /^Zoom 100 %/ }).waitFor();
}

async function overCanvas(page: Page): Promise<void> {
  const box = await page.locator("[data-canvas]").boundingBox();
  if (box === null) throw new Error("there is no canvas");
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
}

async function pan(page: Page, forMs: number): Promise<void> {
  await overCanvas(page);
  const until = performance.now() + forMs;
  for (let turn = 0; performance.now() < until; turn += 0.05) {
    await page.mouse.wheel(20 * Math.sin(turn), 10 * Math.cos(turn));
    await nextFrame(page);
  }
}

async function zoom(page: Page, forMs: number): Promise<void> {
  await overCanvas(page);
  await page.keyboard.down("Control");
  const until = performance.now() + forMs;
  for (let turn = 0; performance.now() < until; turn += 0.05) {
    await page.mouse.wheel(0, -12 * Math.cos(turn));
    await nextFrame(page);
  }
  await page.keyboard.up("Control");
}

function nextFrame(page: Page): Promise<unknown> {
  return page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
}
