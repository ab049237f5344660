import { expect } from "@playwright/test";
import { Seed } from "../fixtures/api.ts";
import { savedDraft } from "../fixtures/graph.ts";
import { test } from "../fixtures/test.ts";
import { EditorPage } from "../pages/editor-page.ts";

/* A large workflow stays usable. How many frames a machine draws is told, not judged: two busy cores draw few of anything. */

const columns = 20;
const count = 200;

/** 200 steps in rows, each wired to the next in its row and 50 to the one below as well. */
function large() {
  const nodes = Array.from({ length: count }, (_, index) => ({
    id: `n${index}`,
    type: index === 0 ? "manual" : "set",
    name: `Step ${index}`,
    position: { x: (index % columns) * 320, y: Math.floor(index / columns) * 160 },
    ...(index === 0 ? {} : { config: { values: { a: index } } }),
  }));
  const next = nodes.slice(1).map((_, index) => ({ id: `e${index}`, source: `n${index}`, target: `n${index + 1}` }));
  const extra = Array.from({ length: 51 }, (_, index) => ({ id: `x${index}`, source: `n${index}`, target: `n${index + 2 + columns}` }));
  return { schemaVersion: 1, nodes, edges: [...next, ...extra] };
}

test("check 16 (part): with 200 steps and 250 wires a drag answers between frames, and one step's move draws no other step again", async ({
  page,
  request,
  server,
}, info) => {
  const seed = new Seed(request, server.baseUrl);
  const id = await seed.workflow("Large", large());
  const editor = new EditorPage(page);
  const openedAt = Date.now();
  await page.goto(`/workflows/${id}`);
  await editor.expectNode("Step 21");
  const openMs = Date.now() - openedAt;
  const box = await editor.step("Step 21").boundingBox();
  if (box === null) throw new Error("the step is not drawn");
  await page.evaluate(() => {
    const seen = { frames: 0, redrawn: new Set<string>() };
    Reflect.set(window, "seen", seen);
    const frame = () => {
      seen.frames += 1;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    const watch = new MutationObserver((changes) => {
      for (const { target } of changes) {
        const step = target instanceof Element ? target.closest("[data-step]") : target.parentElement?.closest("[data-step]");
        if (step instanceof HTMLElement) seen.redrawn.add(step.dataset.stepName ?? "");
      }
    });
    for (const step of document.querySelectorAll("[data-step]")) watch.observe(step, { subtree: true, childList: true, attributes: true });
  });
  const before = (await savedDraft(seed, id)).nodes[21]?.position;
  const startedAt = Date.now();
  // The whole of it is in view, so a step is small: it is taken in its middle.
  const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  await page.mouse.move(middle.x, middle.y);
  await page.mouse.down();
  await page.mouse.move(middle.x + 100, middle.y + 40, { steps: 40 });
  await page.mouse.up();
  const dragMs = Date.now() - startedAt;
  await expect.poll(async () => (await savedDraft(seed, id)).nodes[21]?.position).not.toEqual(before);
  const seen = await page.evaluate(() => {
    const { frames, redrawn } = Reflect.get(window, "seen");
    return { frames, redrawn: [...redrawn] };
  });
  info.annotations.push({ type: "speed", description: `opened in ${openMs} ms; 40 moves in ${dragMs} ms, ${seen.frames} frames` });
  // The one that moved, and at most its neighbours under the pointer: hundreds would mean that the canvas draws all at each move.
  expect(seen.redrawn.length).toBeLessThanOrEqual(5);
  // Bounds that only a canvas that hangs breaks.
  expect(openMs).toBeLessThan(30_000);
  expect(dragMs).toBeLessThan(20_000);
});
