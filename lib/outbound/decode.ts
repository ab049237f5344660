import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate, zstdDecompress } from "node:zlib";

/** Why a body cannot be read although it arrived. */
export class DecodeError extends Error {
  readonly code: "response_too_large" | "unsupported_encoding" | "invalid_encoding";

  constructor(code: DecodeError["code"], message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "DecodeError";
    this.code = code;
  }
}

type Decoder = (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const decoders: Record<string, Decoder> = {
  gzip: promisify(gunzip),
  "x-gzip": promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
  zstd: promisify(zstdDecompress),
};

/** What is asked for. More is understood. */
export const acceptEncoding = "gzip, br";
const maxLayers = 3;

/**
 * Undoes Content-Encoding. Every layer stops at `maxBytes` of output, counted by zlib while it inflates, so that
 * neither a bomb nor a stack of layers grows the memory beyond the limit.
 */
export async function decodeContent(body: Buffer, contentEncoding: string | undefined, maxBytes: number): Promise<Buffer> {
  if (contentEncoding === undefined || body.length === 0) return body;
  const layers = contentEncoding
    .toLowerCase()
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "" && name !== "identity");
  if (layers.length > maxLayers)
    throw new DecodeError("unsupported_encoding", `the answer is encoded ${layers.length} times, more than ${maxLayers}`);
  let decoded = body;
  for (const name of layers.reverse()) decoded = await undo(decoded, name, maxBytes);
  return decoded;
}

async function undo(body: Buffer, name: string, maxBytes: number): Promise<Buffer> {
  const decoder = Object.hasOwn(decoders, name) ? decoders[name] : undefined;
  if (decoder === undefined)
    throw new DecodeError("unsupported_encoding", `the answer's content encoding ${name.slice(0, 40)} is not understood`);
  try {
    return await decoder(body, { maxOutputLength: maxBytes });
  } catch (error) {
    if (error instanceof RangeError)
      throw new DecodeError("response_too_large", `the answer is larger than ${maxBytes} bytes when decoded`, error);
    throw new DecodeError("invalid_encoding", `the answer is not valid ${name}`, error);
  }
}

const charsetOf = /;\s*charset\s*=\s*"?([^";\s]+)/i;

/** Text of a body by its declared charset; UTF-8 when none or an unknown one is declared. A byte order mark is dropped. */
export function decodeText(body: Buffer, contentType: string | undefined): string {
  const charset = contentType === undefined ? undefined : charsetOf.exec(contentType)?.[1]?.toLowerCase();
  if (charset !== undefined && charset !== "utf-8" && charset !== "utf8" && charset !== "us-ascii") {
    try {
      return new TextDecoder(charset).decode(body);
    } catch {
      // an unknown charset: read as UTF-8
    }
  }
  const marked = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf;
  return body.toString("utf8", marked ? 3 : 0);
}
