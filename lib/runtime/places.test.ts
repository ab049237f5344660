import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Places } from "./places.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a workflow gets three quarters of the places, and another one still finds its own", async () => {
  const places = new Places({ concurrency: 4 });
  expect(await Promise.all([places.take("a"), places.take("a"), places.take("a")])).toEqual([true, true, true]);
  expect(await places.take("b")).toBe(true);
  const fourth = places.take("a");
  await vi.advanceTimersByTimeAsync(750);
  expect(await fourth).toBe(false);
});

test("a place that frees in time is waited for, in the order of asking", async () => {
  const places = new Places({ concurrency: 2 });
  await places.take("a");
  const got: number[] = [];
  const waiting = [1, 2].map((n) => places.take("a").then((placed) => placed && got.push(n)));
  places.leave("a");
  await waiting[0];
  expect(got).toEqual([1]);
  places.leave("a");
  await waiting[1];
  expect(got).toEqual([1, 2]);
});

test("while places free one by one even the last in a long row waits for its own; when none does any more, all are held back", async () => {
  const places = new Places({ concurrency: 2, now: () => Date.now() });
  await places.take("a");
  const answers: boolean[] = [];
  for (let n = 0; n < 10; n++) void places.take("a").then((got) => answers.push(got));
  for (let freed = 0; freed < 8; freed++) {
    await vi.advanceTimersByTimeAsync(600);
    places.leave("a");
  }
  await vi.advanceTimersByTimeAsync(0);
  expect(answers).toEqual(Array(8).fill(true));
  await vi.advanceTimersByTimeAsync(749);
  expect(answers).toHaveLength(8);
  await vi.advanceTimersByTimeAsync(1);
  expect(answers.slice(8)).toEqual([false, false]);
});

test("a workflow that was held back is held back at once for a while, until a place of its own frees", async () => {
  const places = new Places({ concurrency: 1, now: () => Date.now() });
  await places.take("a");
  const refused = places.take("a");
  await vi.advanceTimersByTimeAsync(750);
  expect(await refused).toBe(false);
  expect(await places.take("a")).toBe(false);
  places.leave("a");
  expect(await places.take("a")).toBe(true);
});

test("runs that go on are counted and never held back", async () => {
  const places = new Places({ concurrency: 2 });
  places.add("a");
  places.add("a");
  const waiting = places.take("a");
  places.leave("a");
  places.leave("a");
  expect(await waiting).toBe(true);
});

test("a single place is given to one after another", async () => {
  const places = new Places({ concurrency: 1 });
  expect(await places.take("a")).toBe(true);
  const next = places.take("a");
  places.leave("a");
  expect(await next).toBe(true);
});
