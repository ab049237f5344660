import { formatCount, formatDuration, plural } from "#components/ui/format.ts";
import { type JsonValue, own } from "#lib/shared/json.ts";

/** What becomes of the events of a key: the three ways exclude each other. */
export const arrivalWays = ["each", "debounce", "batch", "singleton"] as const;
export type ArrivalWay = (typeof arrivalWays)[number];

/** The way that is set; `each` where none is. */
export function wayOf(arrivals: JsonValue | undefined): ArrivalWay {
  return arrivalWays.find((way) => own(arrivals, way) !== undefined) ?? "each";
}

/** What the settings come to, in words, while they are typed; empty while they come to nothing. */
export function waySentence(arrivals: JsonValue | undefined): string {
  const way = wayOf(arrivals);
  const rule = own(arrivals, way);
  const said = sentences[way](rule);
  if (said === "" || way === "each") return said;
  return own(rule, "key") === undefined ? said : `${said} Each key by itself.`;
}

const sentences: Record<ArrivalWay, (rule: JsonValue | undefined) => string> = {
  each: () => "Every event starts a run of its own.",
  debounce: (rule) => {
    const [periodMs, timeoutMs] = [positive(rule, "periodMs"), positive(rule, "timeoutMs")];
    if (periodMs === null || timeoutMs === null || timeoutMs < periodMs) return "";
    const quiet = `A run starts with the last event once nothing came for ${short(periodMs)}.`;
    if (timeoutMs === periodMs) return `${quiet} It never waits longer, so an event in between changes only what it runs with.`;
    return `${quiet} An event every ${short(periodMs / 2)} runs at the latest after ${short(timeoutMs)}.`;
  },
  batch: (rule) => {
    const [maxSize, timeoutMs] = [positive(rule, "maxSize"), positive(rule, "timeoutMs")];
    if (maxSize === null || timeoutMs === null) return "";
    const events = plural(maxSize, "event", "events");
    return `A run starts with ${events}, or ${short(timeoutMs)} after the first one with those that came. At 10 MiB it starts as well.`;
  },
  singleton: (rule) =>
    own(rule, "mode") === "cancel-running"
      ? "The newest event always runs: a run that still goes is canceled for it."
      : "An event that comes while a run goes is dropped.",
};

/** The same of the limit, by way of what a steady stream would meet. */
export function limitSentence(arrivals: JsonValue | undefined): string {
  const rule = own(arrivals, "limit");
  const [limit, perMs] = [positive(rule, "limit"), positive(rule, "perMs")];
  if (limit === null || perMs === null) return "";
  const each = own(rule, "key") === undefined ? "" : " Each key by itself.";
  // A stream twice as fast as what is let through.
  return `If one came every ${short(perMs / limit / 2)}, ${formatCount(limit)} of ${formatCount(limit * 2)} in ${short(perMs)} would go on and the others be dropped.${each}`;
}

function positive(rule: JsonValue | undefined, name: string): number | null {
  const value = own(rule, name);
  return typeof value === "number" && Number.isFinite(value) && value > 0 ? value : null;
}

function short(ms: number): string {
  const whole = Math.max(1, Math.round(ms));
  return whole >= 1_000 && whole < 60_000 && whole % 1_000 === 0 ? `${whole / 1_000} s` : formatDuration(whole);
}
