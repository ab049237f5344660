import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { openLiveSource } from "./live-source.ts";

/** The browser's, as far as it is used: the connection is in the test's hands. */
class FakeSource {
  static readonly CLOSED = 2;
  static made: FakeSource[] = [];
  readyState = 0;
  onopen = () => {};
  onmessage = (_: { data: string }) => {};
  onerror = () => {};
  beat = () => {};

  constructor() {
    FakeSource.made.push(this);
  }

  addEventListener(name: string, listener: () => void) {
    if (name === "beat") this.beat = listener;
  }

  close() {
    this.readyState = FakeSource.CLOSED;
  }
}

const told: string[] = [];
let close = () => {};

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("EventSource", FakeSource);
  FakeSource.made = [];
  told.length = 0;
  close = openLiveSource({
    onOpen: () => told.push("open"),
    onLost: () => told.push("lost"),
    onMessage: ({ kind, ids }) => told.push(`${kind} ${ids}`),
  });
});
afterEach(() => {
  close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const newest = () => {
  const source = FakeSource.made.at(-1);
  if (!source) throw new Error("nothing was opened");
  return source;
};

it("passes on what it knows and nothing else", () => {
  newest().onopen();
  for (const message of [{ kind: "run", ids: ["a"] }, { kind: "of another release", ids: ["b"] }, "text"])
    newest().onmessage({ data: JSON.stringify(message) });
  expect(told).toEqual(["open", "run a"]);
});

it("opens again after an answer that was no stream, once", () => {
  newest().readyState = FakeSource.CLOSED;
  newest().onerror();
  newest().onerror();
  vi.advanceTimersByTime(5_000);
  expect(FakeSource.made).toHaveLength(2);
  newest().onopen();
  expect(told).toEqual(["lost", "lost", "open"]);
});

it("leaves a loss that the browser mends to the browser", () => {
  newest().onerror();
  vi.advanceTimersByTime(30_000);
  expect(FakeSource.made).toHaveLength(1);
});

it("takes a stream for lost that has gone silent, and not one that beats", () => {
  newest().onopen();
  for (let beats = 0; beats < 20; beats += 1) {
    vi.advanceTimersByTime(15_000);
    newest().beat();
  }
  expect(FakeSource.made).toHaveLength(1);
  vi.advanceTimersByTime(45_000);
  expect(told).toEqual(["open", "lost"]);
  expect(FakeSource.made).toHaveLength(2);
  expect(FakeSource.made[0]?.readyState).toBe(FakeSource.CLOSED);
});

it("opens nothing any more once it is closed", () => {
  newest().readyState = FakeSource.CLOSED;
  newest().onerror();
  close();
  vi.advanceTimersByTime(120_000);
  expect(FakeSource.made).toHaveLength(1);
});
