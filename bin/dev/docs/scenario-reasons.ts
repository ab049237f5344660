/** The scenarios of triggers and ingress are those up to here. */
export const triggersFirst = 21;
const triggers = "left to the work on triggers and ingress";

/**
 * Why a scenario has no test, or one of a part only. Every scenario from 22 on has a test that bears its number or stands here; a
 * test holds that. What is proven whole is shown without its reason: take it out.
 */
export const scenarioReasons: Readonly<Record<number, string>> = {
  ...Object.fromEntries(Array.from({ length: triggersFirst }, (_, index) => [index + 1, triggers])),
  30: "there is no second server here to fail over to; what a lost commit leaves is an older state of the same rows, whose recovery scenario 22 proves. The limit stays: an unsafe call whose SENT was lost with the old primary is made again, so run a standby that must not lose commits synchronously",
  93: "left to the work on alerts: there is no alert channel yet",
  96: "measured by hand beside a million rows: `node bench/proof/many-rows.ts` (p50 0.9 ms, p99 4.2 ms on a quiet machine of 2 cores), the list by `npm run bench:lists`",
};
