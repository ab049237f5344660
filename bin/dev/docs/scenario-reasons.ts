/**
 * Why a scenario has no test, or one of a part only. Every scenario has a test that bears its number or stands here; a
 * test holds that. What is proven whole is shown without its reason: take it out.
 */
export const scenarioReasons: Readonly<Record<number, string>> = {
  18: "measured by hand: `npm run bench` (W1-async) accepts about 3,700 events a second at 64 callers on 2 cores that also make the load and do the runs, so 10,000 in one second take a larger machine; the order is proven by the test",
  30: "there is no second server here to fail over to; what a lost commit leaves is an older state of the same rows, whose recovery scenario 22 proves. The limit stays: an unsafe call whose SENT was lost with the old primary is made again, so run a standby that must not lose commits synchronously",
  96: "measured by hand beside a million rows: `node bench/proof/many-rows.ts` (p50 0.9 ms, p99 4.2 ms on a quiet machine of 2 cores), the list by `npm run bench:lists`",
};
