/** Response headers with lower-case names. */
export type Headers = Readonly<Record<string, string | undefined>>;

/** One item of the `RateLimit` header: what is left of a policy, and for how long. */
export interface RateLimitState {
  policy: string;
  remaining: number;
  /** Relative on purpose: no clocks to agree on. */
  resetMs: number | null;
}

/** One item of the `RateLimit-Policy` header. */
export interface RateLimitPolicy {
  policy: string;
  quota: number;
  windowMs: number | null;
  /** `requests`, `content-bytes` or `concurrent-requests`. */
  unit: string;
  partitionKey: string | null;
}

/** No server may ask for more patience than this; a longer wish is held to be a mistake of its clock. */
export const maxWaitMs = 86_400_000;

function clampWait(ms: number): number {
  return Math.min(Math.max(Math.ceil(ms), 0), maxWaitMs);
}

const imfDate = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;
const rfc850Date = /^(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/;
const asctimeDate = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/;

/** The three forms of RFC 9110. Date.parse alone takes nearly anything for a date. */
function parseHttpDate(value: string | undefined): number | null {
  const text = value?.trim() ?? "";
  if (!imfDate.test(text) && !rfc850Date.test(text) && !asctimeDate.test(text)) return null;
  const at = Date.parse(asctimeDate.test(text) ? `${text} GMT` : text);
  return Number.isNaN(at) ? null : at;
}

/**
 * How long a `Retry-After` asks us to wait, in ms between 0 and a day; null when it says nothing we understand.
 * A date is read against the server's own `Date`, so that neither clock has to be right; `now` serves when that is missing.
 */
export function parseRetryAfter(header: string | undefined, dateHeader: string | undefined, now: number): number | null {
  const text = header?.trim() ?? "";
  if (/^\d+(\.\d+)?$/.test(text)) return clampWait(Number(text) * 1_000);
  const at = parseHttpDate(text);
  return at === null ? null : clampWait(at - (parseHttpDate(dateHeader) ?? now));
}

interface Item {
  name: string;
  params: Map<string, string | number | true>;
}

/** `name`, `"name"`, `:bytes:` or a number: what structured fields (RFC 9651) allow as a bare item. */
const bareItem = /"((?:[^"\\]|\\["\\])*)"|:([A-Za-z0-9+/=]*):|(-?\d+(?:\.\d+)?)|(\?[01])|([A-Za-z*][A-Za-z0-9:/!#$%&'*+.^_`|~-]*)/y;
const parameter = / *; *([a-z*][a-z0-9_.*-]*)(=)?/y;
const separator = /[ \t]*,[ \t]*/y;

/** Reads a structured-field list of items with parameters. Anything malformed voids the whole header, as the RFC asks. */
function parseItems(header: string): Item[] | null {
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(header);
    if (match) at = pattern.lastIndex;
    return match;
  };
  const takeBare = (): string | number | null => {
    const match = take(bareItem);
    if (!match) return null;
    return match[3] !== undefined ? Number(match[3]) : (match[1]?.replace(/\\(["\\])/g, "$1") ?? match[2] ?? match[4] ?? match[5] ?? "");
  };

  const items: Item[] = [];
  do {
    const name = takeBare();
    if (name === null) return null;
    const params: Item["params"] = new Map();
    for (let match = take(parameter); match; match = take(parameter)) {
      const value = match[2] === "=" ? takeBare() : true;
      if (value === null) return null;
      params.set(match[1] ?? "", value);
    }
    items.push({ name: String(name), params });
  } while (take(separator));
  return at === header.length ? items : null;
}

function readNumber(item: Item, name: string): number | null {
  const value = item.params.get(name);
  return typeof value === "number" && value >= 0 ? value : null;
}

function readText(item: Item, name: string): string | null {
  const value = item.params.get(name);
  return typeof value === "string" ? value : null;
}

/** The IETF `RateLimit` and `RateLimit-Policy` headers. Malformed ones, and items without their one required number, are ignored. */
export function parseRateLimit(headers: Headers): { limits: RateLimitState[]; policies: RateLimitPolicy[] } {
  const limits: RateLimitState[] = [];
  for (const item of parseItems(headers.ratelimit?.trim() ?? "") ?? []) {
    const remaining = readNumber(item, "r");
    const reset = readNumber(item, "t");
    if (remaining !== null) limits.push({ policy: item.name, remaining, resetMs: reset === null ? null : clampWait(reset * 1_000) });
  }
  const policies: RateLimitPolicy[] = [];
  for (const item of parseItems(headers["ratelimit-policy"]?.trim() ?? "") ?? []) {
    const quota = readNumber(item, "q");
    const window = readNumber(item, "w");
    if (quota === null) continue;
    const windowMs = window === null ? null : window * 1_000;
    policies.push({ policy: item.name, quota, windowMs, unit: readText(item, "qu") ?? "requests", partitionKey: readText(item, "pk") });
  }
  return { limits, policies };
}

const isoTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:?\d{2})$/;

/** `X-RateLimit-Reset` comes as seconds to go, as Unix seconds or milliseconds, or as an ISO 8601 time. */
function parseReset(header: string | undefined, nowAtServer: number): number | null {
  const text = header?.trim() ?? "";
  if (isoTime.test(text)) {
    const at = Date.parse(text);
    return Number.isNaN(at) ? null : clampWait(at - nowAtServer);
  }
  if (!/^\d+(\.\d+)?$/.test(text)) return null;
  const value = Number(text);
  if (value >= 1e11) return clampWait(value - nowAtServer);
  return clampWait(value >= 1e8 ? value * 1_000 - nowAtServer : value * 1_000);
}

/**
 * How long the server asks us to stay away, from whichever header says so: `Retry-After` wins over `RateLimit`, which
 * wins over the older `X-RateLimit-*`. Undefined when none of them asks for a pause.
 */
export function serverWaitMs(headers: Headers, now: number): number | undefined {
  const retryAfter = parseRetryAfter(headers["retry-after"], headers.date, now);
  if (retryAfter !== null) return retryAfter;
  const exhausted = parseRateLimit(headers).limits.filter((limit) => limit.remaining === 0 && limit.resetMs !== null);
  if (exhausted.length > 0) return Math.max(...exhausted.map((limit) => limit.resetMs ?? 0));
  const remaining = headers["x-ratelimit-remaining"] ?? headers["ratelimit-remaining"];
  if (remaining?.trim() !== "0") return undefined;
  const reset = headers["x-ratelimit-reset"] ?? headers["ratelimit-reset"];
  return parseReset(reset, parseHttpDate(headers.date) ?? now) ?? undefined;
}
