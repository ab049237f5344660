import { formatCount } from "#components/ui/format.ts";
import type { LoopPaceView } from "#lib/shared/loop-types.ts";

/** "3 at the same time; at most 5 items or 10 % may fail". */
export function paceWords({ concurrency, tolerate }: LoopPaceView): string {
  const limits = [
    ...(tolerate.count === undefined ? [] : [`${formatCount(tolerate.count)} ${tolerate.count === 1 ? "item" : "items"}`]),
    ...(tolerate.percent === undefined ? [] : [`${tolerate.percent} %`]),
  ];
  const failing = limits.length === 0 ? "the first failure ends it" : `at most ${limits.join(" or ")} may fail`;
  return `${concurrency === 1 ? "One after the other" : `${formatCount(concurrency)} at the same time`}; ${failing}`;
}
