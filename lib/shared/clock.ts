/** Unix milliseconds. Passed in wherever a decision depends on the time, so that tests own it. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now();

/** A number in [0, 1). Passed in wherever a decision depends on chance. */
export type Random = () => number;
