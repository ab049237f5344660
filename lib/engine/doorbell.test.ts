import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Doorbell } from "./doorbell.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Whether the promise has resolved by now. */
async function isOver(promise: Promise<void>): Promise<boolean> {
  return Promise.race([promise.then(() => true), Promise.resolve().then(() => Promise.resolve(false))]);
}

test("who waits goes on when somebody rings, long before the time is over", async () => {
  const bell = new Doorbell();
  const waiting = bell.heard(60_000);
  expect(await isOver(waiting)).toBe(false);
  bell.ring();
  expect(await isOver(waiting)).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});

test("a ring that nobody was there to hear ends the next wait, and only that", async () => {
  const bell = new Doorbell();
  bell.ring();
  bell.ring();
  expect(await isOver(bell.heard(Number.POSITIVE_INFINITY))).toBe(true);
  expect(await isOver(bell.heard(Number.POSITIVE_INFINITY))).toBe(false);
});

test("without a ring the time ends the wait; what is due already does so at once", async () => {
  const bell = new Doorbell();
  const waiting = bell.heard(500);
  vi.advanceTimersByTime(499);
  expect(await isOver(waiting)).toBe(false);
  vi.advanceTimersByTime(1);
  expect(await isOver(waiting)).toBe(true);
  const due = bell.heard(-5);
  vi.advanceTimersByTime(1);
  expect(await isOver(due)).toBe(true);
});
