import { expect, test } from "vitest";
import { type Answer, judgeAnswer, patienceMs, retryWaitsMs } from "./judge-answer.ts";

const answered = (status: number | null, retryAfterMs: number | null = null): Answer => ({
  status,
  text: `answered ${status}`,
  retryAfterMs,
});
const first = { attempts: 1, failingForMs: 0 };

test("only a 2xx is a success; a redirect is a failure", () => {
  expect(judgeAnswer(answered(204), first)).toEqual({ next: "sent" });
  expect(judgeAnswer(answered(302), first)).toMatchObject({ next: "retry" });
  expect(judgeAnswer(answered(404), first)).toMatchObject({ next: "retry" });
  expect(judgeAnswer(answered(null), first)).toEqual({ next: "retry", inMs: 5_000, pauseMs: 5_000 });
});

test("failures are tried again after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h and 10 h, and then no more", () => {
  const waits = Array.from({ length: 8 }, (_, index) => judgeAnswer(answered(500), { attempts: index + 1, failingForMs: 0 }));
  expect(waits.slice(0, 7).map((verdict) => (verdict.next === "retry" ? verdict.inMs / 1_000 : verdict.next))).toEqual([
    5, 300, 1_800, 7_200, 18_000, 36_000, 36_000,
  ]);
  expect(waits[7]).toEqual({ next: "failed" });
  expect(retryWaitsMs).toHaveLength(7);
});

test("410 turns the channel off at once", () => {
  expect(judgeAnswer(answered(410), first)).toMatchObject({ next: "disable" });
});

test("429, 502 and 504 slow the channel down, for as long as the remote asks", () => {
  for (const status of [429, 502, 504])
    expect(judgeAnswer(answered(status), first)).toEqual({ next: "retry", inMs: 60_000, pauseMs: 60_000 });
  expect(judgeAnswer(answered(429, 120_000), first)).toEqual({ next: "retry", inMs: 120_000, pauseMs: 120_000 });
  expect(judgeAnswer(answered(503, 90_000), first)).toEqual({ next: "retry", inMs: 90_000, pauseMs: 90_000 });
});

test("while a channel is down what else waits for it is not sent after, but tries it every five minutes at the least", () => {
  expect(judgeAnswer(answered(500), { attempts: 5, failingForMs: 0 })).toMatchObject({ inMs: 18_000_000, pauseMs: 300_000 });
});

test("five days of nothing but failures turn the channel off, and an answer then turns nothing off", () => {
  expect(judgeAnswer(answered(500), { attempts: 3, failingForMs: patienceMs - 1 })).toMatchObject({ next: "retry" });
  expect(judgeAnswer(answered(500), { attempts: 3, failingForMs: patienceMs })).toMatchObject({ next: "disable" });
  expect(judgeAnswer(answered(200), { attempts: 3, failingForMs: patienceMs })).toEqual({ next: "sent" });
});
