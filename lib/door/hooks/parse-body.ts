import { isUtf8 } from "node:buffer";
import type { IncomingHttpHeaders } from "node:http";
import type { JsonObject, JsonValue } from "#lib/shared/json.ts";
import { judgeJson, maxDepth, maxValues } from "./json-guard.ts";
import { HookRefusal } from "./refusal.ts";

export interface ParsedBody {
  value: JsonValue;
  /** The JSON text of `value`. A JSON body is passed on as it came: writing it again would cost as much as reading it. */
  text: string;
}

const noBody: ParsedBody = { value: null, text: "null" };
const jsonType = /^(?:application\/json|text\/json|application\/[\w.+-]+\+json)$/;
const textType = /^(?:text\/[\w.+-]+|application\/xml|application\/[\w.+-]+\+xml)$/;
const formType = "application/x-www-form-urlencoded";

/** Reads a body by its declared type and nothing else: what claims to be JSON is never taken for a form, nor the reverse. */
export function parseBody(headers: IncomingHttpHeaders, body: Buffer): ParsedBody {
  if (body.length === 0) return noBody;
  const encoding = headers["content-encoding"];
  if (encoding !== undefined && encoding !== "identity") throw unsupported("compressed bodies are not accepted");
  const declared = headers["content-type"] ?? "";
  const semicolon = declared.indexOf(";");
  const type = (semicolon === -1 ? declared : declared.slice(0, semicolon)).trim().toLowerCase();
  const charset = semicolon === -1 ? undefined : /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(declared)?.[1]?.toLowerCase();
  if (charset !== undefined && charset !== "utf-8" && charset !== "utf8" && charset !== "us-ascii")
    throw unsupported("bodies must be UTF-8");
  const parse = jsonType.test(type) ? parseJson : type === formType ? parseForm : textType.test(type) ? parseText : null;
  if (parse === null) throw unsupported(type === "" ? "the body has no content type" : "send JSON, a form or text");
  if (!isUtf8(body)) throw new HookRefusal("invalid_text", "the body is not valid UTF-8");
  return parse(body);
}

function parseJson(body: Buffer): ParsedBody {
  const verdict = judgeJson(body);
  if (verdict === "too_deep") throw new HookRefusal(verdict, `the JSON is nested deeper than ${maxDepth} levels`);
  if (verdict === "too_many_values") throw new HookRefusal(verdict, `the JSON holds more than ${maxValues} values`);
  const text = decode(body);
  try {
    const value: JsonValue = JSON.parse(text);
    return { value, text };
  } catch {
    throw new HookRefusal("malformed", "the body is not valid JSON");
  }
}

function parseForm(body: Buffer): ParsedBody {
  const value = toFlatObject(new URLSearchParams(decode(body)));
  return { value, text: JSON.stringify(value) };
}

function parseText(body: Buffer): ParsedBody {
  const value = decode(body);
  return { value, text: JSON.stringify(value) };
}

/** Flat names only: `a[b]` is the name `a[b]`. A repeated name gives a list. Without prototype, so that no name is special. */
export function toFlatObject(params: URLSearchParams): JsonObject {
  const flat: JsonObject = Object.create(null);
  let count = 0;
  for (const [name, value] of params) {
    if (++count > maxValues) throw new HookRefusal("too_many_values", `the form holds more than ${maxValues} values`);
    const known = flat[name];
    if (known === undefined) flat[name] = value;
    else if (Array.isArray(known)) known.push(value);
    else flat[name] = [known, value];
  }
  return flat;
}

/** Without a byte order mark, which JSON must not have but some senders write and sign. */
function decode(body: Buffer): string {
  const marked = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf;
  return body.toString("utf8", marked ? 3 : 0);
}

function unsupported(detail: string): HookRefusal {
  return new HookRefusal("unsupported_media_type", detail);
}
