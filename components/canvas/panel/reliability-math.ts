import { formatDuration } from "#components/ui/format.ts";
import type { ResolvedBreaker, ResolvedPolicy, ResolvedRetry, ThrottleWindow } from "#lib/policies/defaults.ts";

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

/** Limits of one owner: the step, or its connection. */
export interface LimitsOf {
  name: string;
  windows: readonly ThrottleWindow[];
}

/** The same where several owners set limits, which hold together: the slowest decides, and is named. */
export function burstSentence(owners: readonly LimitsOf[], calls = 100): string {
  const usable = owners.filter(({ windows }) => throttleSentence(windows, calls) !== "");
  const [slowest] = usable.toSorted((a, b) => burstMs(b.windows, calls) - burstMs(a.windows, calls));
  if (slowest === undefined) return "";
  const sentence = throttleSentence(slowest.windows, calls);
  if (usable.length < 2 || burstMs(slowest.windows, calls) === 0) return sentence;
  return `${sentence.slice(0, -1)}: ${slowest.name} is the narrower.`;
}

/** How long a step can take when every attempt fails as late as it may, and what its deadline makes of that. */
export function timeoutSentence({ timeoutMs, deadlineMs, retry }: Pick<ResolvedPolicy, "timeoutMs" | "deadlineMs" | "retry">): {
  text: string;
  cut: boolean;
} {
  const numbers = [timeoutMs, deadlineMs, retry.maxAttempts, retry.initialMs, retry.factor, retry.maxMs];
  if (!numbers.every((value) => typeof value === "number" && value >= 0)) return { text: "", cut: false };
  const longest = (retryTimes(retry).at(-1) ?? 0) + retry.maxAttempts * timeoutMs;
  const attempts = retry.maxAttempts === 1 ? "Its one attempt takes" : `All ${retry.maxAttempts} attempts with their waits take`;
  const text = `${attempts} ${formatShort(longest)} at most.`;
  if (longest <= deadlineMs) return { text, cut: false };
  return { text: `${text} The step ends after ${formatShort(deadlineMs)}, so the last ones may not be made.`, cut: true };
}

/** "Opens when 10 of 20 calls within 1 min fail, and then pauses for 30 s." */
export function breakerSentence(breaker: ResolvedBreaker): string {
  const { minCalls, failureRatio, windowMs, openMs } = breaker;
  const numbers = [minCalls, failureRatio, windowMs, openMs];
  if (!breaker.enabled || !numbers.every((value) => typeof value === "number" && value >= 0)) return "";
  const failing = Math.max(1, Math.ceil(minCalls * failureRatio));
  const opens = `Opens when ${failing} of ${minCalls} calls within ${formatShort(windowMs)} fail, and pauses for ${formatShort(openMs)}.`;
  return `${opens} Then it tries three; while those fail the pause doubles, up to 10 min.`;
}

function formatShort(ms: number): string {
  return ms >= 1_000 && ms < 60_000 && ms % 1_000 === 0 ? `${ms / 1_000} s` : formatDuration(ms);
}
