import type { Context } from "hono";
import { AppError } from "#lib/shared/errors.ts";

/** Deeper than any document of ours, shallow enough that no recursive reader overflows its stack. */
const maxDepth = 64;

/**
 * Reads a JSON body: at most `maxBytes`, only as `application/json`, nested at most 64 deep. A request without a body is an
 * empty object, so that commands such as `pause` need none.
 */
export async function readJsonBody(c: Context, maxBytes: number): Promise<unknown> {
  const bytes = await readBytes(c.req.raw, maxBytes);
  if (bytes.length === 0) return {};
  const type = c.req.header("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json") throw new AppError("unsupported_media_type", "send the body as application/json");
  const text = decode(bytes);
  if (isDeeperThan(text, maxDepth)) throw new AppError("malformed", `the JSON is nested more than ${maxDepth} deep`);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError("malformed", `the body is not JSON: ${cause instanceof Error ? cause.message : "syntax error"}`);
  }
}

async function readBytes(request: Request, maxBytes: number): Promise<Buffer> {
  const tooLarge = () => new AppError("payload_too_large", `the body may have at most ${maxBytes} bytes (SLUICE_MAX_BODY_BYTES)`);
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw tooLarge();
  if (request.body === null) return Buffer.alloc(0);
  const chunks: Uint8Array[] = [];
  let size = 0;
  // The length header may lie or be absent: what counts is what arrives.
  for await (const chunk of request.body) {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new AppError("malformed", "the body is not UTF-8");
  }
}

const quote = 0x22;
const backslash = 0x5c;

/** Whether brackets outside strings nest deeper than `limit`. Linear, and before the parser sees the text. */
export function isDeeperThan(text: string, limit: number): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (inString) {
      if (code === backslash) i++;
      else if (code === quote) inString = false;
    } else if (code === quote) inString = true;
    else if (code === 0x7b || code === 0x5b) {
      depth++;
      if (depth > limit) return true;
    } else if (code === 0x7d || code === 0x5d) depth--;
  }
  return false;
}
