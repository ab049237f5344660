import type { JsonValue } from "#lib/shared/json.ts";
import { isJsonObject } from "#lib/shared/json.ts";
import { masked } from "#lib/shared/masked.ts";

/** Shorter values are no secrets (and are refused as such): masking them would eat ordinary text. */
export const minSecretLength = 6;

const nameParts =
  "authorization|cookie|token|secret|passw|passphrase|signature|credential|api[-_]?key|access[-_]?key|private[-_]?key|auth[-_]?key|session[-_]?id";
const secretName = new RegExp(nameParts, "i");
const jsonPair = new RegExp(`("[^"\\\\]{0,60}(?:${nameParts})[^"\\\\]{0,60}"\\s*:\\s*)"(?:[^"\\\\]|\\\\.)*"`, "gi");
const queryPair = new RegExp(`((?:^|[?&;\\s])[^=&?#\\s"]{0,60}(?:${nameParts})[^=&?#\\s"]{0,60}=)[^&#\\s"']+`, "gi");
const schemeAndValue = /\b(bearer|basic) +[A-Za-z0-9._~+/=-]{6,}/gi;
const cookiePair = /(^|;\s*)([^=;\s]+)=[^;]*/g;
const setCookiePair = /(^|,\s*)([^=;,\s]+)=[^;,]*/g;

/** One pattern for all forms of all secrets of a list; the engine hands the same list for request and answer. */
const patterns = new WeakMap<string[], RegExp | null>();

/**
 * Takes secrets out of what is about to be stored or shown: by value, in every form a remote may echo them (as they
 * are, URL-encoded, form-encoded, JSON-escaped, in base64 at any offset), and by the name they stand under. Header and
 * cookie names and the scheme of a credential stay, so that a person can still see what was sent.
 */
export class Masker {
  readonly #values: RegExp | null;

  constructor(secretValues: string[] = []) {
    let pattern = patterns.get(secretValues);
    if (pattern === undefined) {
      pattern = valuePattern(secretValues);
      patterns.set(secretValues, pattern);
    }
    this.#values = pattern;
  }

  /** Any text: a URL, an error message, a line of a log. */
  text(value: string): string {
    const text = this.#byValue(value).replace(schemeAndValue, `$1 ${masked}`);
    return secretName.test(text) ? text.replace(queryPair, `$1${masked}`) : text;
  }

  /** A body as text: JSON or form, read or not. */
  body(value: string): string {
    const text = this.text(value);
    return secretName.test(text) ? text.replace(jsonPair, `$1"${masked}"`) : text;
  }

  headers(headers: Record<string, string>): Record<string, string> {
    const safe: Record<string, string> = {};
    for (const name of Object.keys(headers)) safe[name] = this.#header(name.toLowerCase(), headers[name] ?? "");
    return safe;
  }

  /** Masks strings only: `{"total_tokens": 12}` says nothing secret. */
  json<Value extends JsonValue>(value: Value): Value;
  json(value: JsonValue): JsonValue {
    if (typeof value === "string") return this.text(value);
    if (Array.isArray(value)) return value.map((item) => this.json(item));
    if (!isJsonObject(value)) return value;
    const entries = Object.entries(value).map(([name, inner]) => {
      return [this.#byValue(name), typeof inner === "string" && secretName.test(name) ? masked : this.json(inner)] as const;
    });
    return Object.fromEntries(entries);
  }

  #header(name: string, value: string): string {
    if (!secretName.test(name)) return this.text(value);
    if (name === "cookie") return value.replace(cookiePair, `$1$2=${masked}`);
    if (name === "set-cookie") return value.replace(setCookiePair, `$1$2=${masked}`);
    const space = name.endsWith("authorization") ? value.indexOf(" ") : -1;
    return space > 0 ? `${value.slice(0, space)} ${masked}` : masked;
  }

  #byValue(value: string): string {
    return this.#values === null ? value : value.replace(this.#values, masked);
  }
}

function valuePattern(secretValues: string[]): RegExp | null {
  const forms = new Set(secretValues.filter((value) => value.length >= minSecretLength).flatMap(formsOf));
  if (forms.size === 0) return null;
  const longestFirst = [...forms].sort((a, b) => b.length - a.length);
  return new RegExp(longestFirst.map(escapeRegExp).join("|"), "g");
}

function formsOf(secret: string): string[] {
  const url = encodeURIComponent(secret.toWellFormed());
  const base64 = base64Forms(Buffer.from(secret));
  return [
    secret,
    url,
    url.replaceAll(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase()),
    url.replaceAll("%20", "+"),
    JSON.stringify(secret).slice(1, -1),
    ...base64,
    ...base64.map((form) => form.replaceAll("+", "-").replaceAll("/", "_")),
    ...base64.map((form) => encodeURIComponent(form)),
  ];
}

/** Base64 of something that contains the secret shows it at one of three offsets; only characters it fully fills count. */
function base64Forms(secret: Buffer): string[] {
  return [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), secret]).toString("base64");
    return text.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + secret.length) * 8) / 6));
  });
}

function escapeRegExp(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}
