/** Milliseconds a zone is ahead of UTC at a moment. */
function offsetMs(atMs: number, zone: string): number {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(atMs);
  const value = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((part) => part.type === type)?.value);
  const asUtc = Date.UTC(value("year"), value("month") - 1, value("day"), value("hour"), value("minute"), value("second"));
  return asUtc - Math.floor(atMs / 1_000) * 1_000;
}

/** What a `datetime-local` input says, meant in a zone, as ISO 8601 UTC; null when it says nothing. */
export function fromLocalInput(text: string, zone: string): string | null {
  const wallMs = Date.parse(`${text}Z`);
  if (Number.isNaN(wallMs)) return null;
  // The offset at the guess may differ from the offset at the result, across a daylight-saving change.
  const guessMs = wallMs - offsetMs(wallMs, zone);
  return new Date(wallMs - offsetMs(guessMs, zone)).toISOString();
}

/** A moment as a `datetime-local` input wants it, in a zone. */
export function toLocalInput(iso: string, zone: string): string {
  const atMs = Date.parse(iso);
  return Number.isNaN(atMs) ? "" : new Date(atMs + offsetMs(atMs, zone)).toISOString().slice(0, 16);
}
