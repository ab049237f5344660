import { expect, test } from "vitest";
import { channelWindow, digestAbove, planMessage } from "./plan-message.ts";

const now = 1_000_000_000_000;
const fresh = (count: number) => Array.from({ length: count }, (_, index) => ({ id: `a${index}`, about: `i${index}`, messageId: null }));

test("a few alerts go out one by one, the oldest first", () => {
  const plan = planMessage({ due: fresh(digestAbove), grants: [], now });
  expect(plan).toEqual({ message: { messageId: null, alertIds: ["a0"] }, resumeAtMs: null, grants: [now] });
});

test("a storm goes out as one message, not as hundreds", () => {
  const { message, grants } = planMessage({ due: fresh(500), grants: [], now });
  expect(message?.alertIds).toHaveLength(500);
  expect(grants).toEqual([now]);
});

test("what is above the limit of the channel waits until there is room", () => {
  const grants = Array.from({ length: channelWindow.limit }, (_, index) => now - 50_000 + index);
  expect(planMessage({ due: fresh(3), grants, now })).toEqual({
    message: null,
    resumeAtMs: now - 50_000 + channelWindow.periodMs,
    grants,
  });
  expect(planMessage({ due: fresh(3), grants: grants.slice(1), now }).message?.alertIds).toEqual(["a0"]);
});

test("grants older than the window do not count", () => {
  const grants = Array.from({ length: channelWindow.limit }, () => now - channelWindow.periodMs);
  const plan = planMessage({ due: fresh(1), grants, now });
  expect(plan.message).not.toBeNull();
  expect(plan.grants).toEqual([now]);
});

test("what was tried before goes first, as the message it was", () => {
  const due = [
    ...fresh(1),
    { id: "b", about: "x", messageId: "m" },
    { id: "c", about: "y", messageId: "m" },
    { id: "d", about: "z", messageId: "n" },
  ];
  expect(planMessage({ due, grants: [], now }).message).toEqual({ messageId: "m", alertIds: ["b", "c"] });
});

test("what several rules say of one issue is one message, and counts as one of a storm", () => {
  const twice = fresh(digestAbove).flatMap((alert) => [alert, { ...alert, id: `${alert.id}, too` }]);
  expect(planMessage({ due: twice, grants: [], now }).message?.alertIds).toEqual(["a0", "a0, too"]);
});

test("with nothing due nothing is granted", () => {
  expect(planMessage({ due: [], grants: [], now })).toEqual({ message: null, resumeAtMs: null, grants: [] });
});
