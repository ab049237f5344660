const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const date = { day: "numeric", month: "short", year: "numeric" } as const;
const clock = { hour: "2-digit", minute: "2-digit", second: "2-digit" } as const;
const looks = { date, clock, absolute: { ...date, ...clock, timeZoneName: "short" } } as const;

const formats = new Map<string, Intl.DateTimeFormat>();

/** To make one costs a hundred times what it costs to use it, and a list shows hundreds of times that tick. */
function formatIn(look: keyof typeof looks, zone: string, hour12: boolean): Intl.DateTimeFormat {
  const key = `${look} ${zone} ${hour12}`;
  const known = formats.get(key);
  if (known) return known;
  const hours = look === "date" ? {} : ({ hourCycle: hour12 ? "h12" : "h23" } as const);
  const made = new Intl.DateTimeFormat("en-GB", { ...looks[look], ...hours, timeZone: zone });
  formats.set(key, made);
  return made;
}

/** "13 Nov"; of another year "17 Oct 2025". */
function formatDate(atMs: number, nowMs: number, zone: string): string {
  const format = formatIn("date", zone, false);
  const yearOf = (ms: number) => format.formatToParts(ms).find((part) => part.type === "year")?.value;
  const text = format.format(atMs);
  return yearOf(atMs) === yearOf(nowMs) ? text.replace(/ \d+$/, "") : text;
}

/** "12 s ago", "in 4 min", "3 d ago"; after a week the date it has in a zone. */
export function formatRelative(atMs: number, nowMs: number, zone: string): string {
  const distance = Math.abs(nowMs - atMs);
  const past = atMs <= nowMs;
  if (distance < second) return "now";
  if (distance >= 7 * day) return formatDate(atMs, nowMs, zone);
  const words =
    distance < minute
      ? `${Math.floor(distance / second)} s`
      : distance < hour
        ? `${Math.floor(distance / minute)} min`
        : distance < day
          ? `${Math.floor(distance / hour)} h`
          : `${Math.floor(distance / day)} d`;
  return past ? `${words} ago` : `in ${words}`;
}

/** "21 Nov 2026, 22:08:09 CET": the time in a zone, with seconds and the zone's short name. */
export function formatAbsolute(atMs: number, zone: string, hour12 = false): string {
  return formatIn("absolute", zone, hour12).format(atMs);
}

/** "22:08:09": the time of day in a zone. */
export function formatClock(atMs: number, zone: string, hour12 = false): string {
  return formatIn("clock", zone, hour12).format(atMs);
}

/** "840 ms", "1.24 s", "2 min 5 s", "3 h 12 min", "2 d 4 h". */
export function formatDuration(ms: number): string {
  if (ms < second) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 10 * second) return `${(ms / second).toFixed(2)} s`;
  if (ms < minute) return `${(ms / second).toFixed(1)} s`;
  const pair = (big: number, bigName: string, small: number, smallName: string) => {
    const rest = Math.floor((ms % big) / small);
    return `${Math.floor(ms / big)} ${bigName}${rest > 0 ? ` ${rest} ${smallName}` : ""}`;
  };
  if (ms < hour) return pair(minute, "min", second, "s");
  if (ms < day) return pair(hour, "h", minute, "min");
  return pair(day, "d", hour, "h");
}

const grouped = new Intl.NumberFormat("en-GB");

/** "12,340". */
export function formatCount(count: number): string {
  return grouped.format(count);
}

/** "840 B", "12.4 KiB", "3.1 MiB", "2.0 GiB". */
export function formatBytes(bytes: number): string {
  if (bytes < 1_024) return `${bytes} B`;
  if (bytes < 1_048_576) return `${(bytes / 1_024).toFixed(1)} KiB`;
  if (bytes < 1_073_741_824) return `${(bytes / 1_048_576).toFixed(1)} MiB`;
  return `${(bytes / 1_073_741_824).toFixed(1)} GiB`;
}

/** A message as a sentence: the server's own begin in lower case, so that they can follow a colon. */
export function sentence(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** "1 item", "3 items". */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** "0192f…c4a1": enough of an id to tell it apart. */
export function shortId(id: string): string {
  return id.length > 12 ? id.slice(-8) : id;
}
