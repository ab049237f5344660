import { formatDuration } from "#components/ui/format.ts";
import type { ResolvedRetry, ThrottleWindow } from "#lib/policies/defaults.ts";

/** When the attempts of a step come, counted from the first; with full jitter these are the latest moments. */
export function retryTimes(retry: ResolvedRetry): number[] {
  const times = [0];
  for (let failed = 1; failed < retry.maxAttempts && failed < 100; failed++) {
    const wait = Math.min(retry.maxMs, retry.initialMs * retry.factor ** Math.min(failed - 1, 30));
    times.push((times.at(-1) ?? 0) + wait);
  }
  return times;
}

const shownTimes = 6;

/** "now · +1 s · +3 s · +7 s · gives up after 15 s": the waits of a step whose every attempt fails. */
export function retrySentence(retry: ResolvedRetry): string {
  const usable = [retry.maxAttempts, retry.initialMs, retry.factor, retry.maxMs].every((value) => typeof value === "number" && value >= 0);
  if (!usable) return "";
  const times = retryTimes(retry);
  if (times.length <= 1) return "now · gives up at once";
  const words = times.map((ms, index) => (index === 0 ? "now" : `+${formatShort(ms)}`));
  const cut = words.length > shownTimes ? [...words.slice(0, shownTimes - 1), "…", words.at(-1) ?? ""] : words;
  return `${cut.join(" · ")} · then gives up`;
}

/** How long a burst of calls takes under exact windows: the slowest window decides. */
export function burstMs(windows: readonly ThrottleWindow[], calls: number): number {
  return Math.max(0, ...windows.map(({ limit, perMs }) => Math.floor((calls - 1) / limit) * perMs));
}

/** "A burst of 100 takes 1 min 40 s." */
export function throttleSentence(windows: readonly ThrottleWindow[], calls = 100): string {
  if (windows.length === 0 || windows.some(({ limit, perMs }) => !(limit >= 1) || !(perMs > 0))) return "";
  const ms = burstMs(windows, calls);
  return ms === 0 ? `A burst of ${calls} passes at once.` : `A burst of ${calls} takes about ${formatShort(ms)}.`;
}

function formatShort(ms: number): string {
  return ms >= 1_000 && ms < 60_000 && ms % 1_000 === 0 ? `${ms / 1_000} s` : formatDuration(ms);
}
