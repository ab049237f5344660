import type { IncomingMessage } from "node:http";

/** A sender has this long for its body once its headers are here. */
const bodyTimeoutMs = 30_000;
const empty = Buffer.alloc(0);

/** Why a body is not read. After all but `aborted` the connection cannot serve another request: answer `connection: close`. */
export class BodyError extends Error {
  readonly kind: "too_large" | "timeout" | "aborted";

  constructor(kind: BodyError["kind"], message: string) {
    super(message);
    this.name = "BodyError";
    this.kind = kind;
  }
}

/**
 * Reads the raw bytes of a request straight from Node: the web Request object costs more than all else on a hot path,
 * and signatures are made over these very bytes. Stops reading at the limit, declared or not.
 */
export function readRawBody(incoming: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const declared = incoming.headers["content-length"];
  if (declared !== undefined && Number(declared) > maxBytes) return Promise.reject(tooLarge(maxBytes));
  if (declared === undefined && incoming.headers["transfer-encoding"] === undefined) return Promise.resolve(empty);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (failure: BodyError | null) => {
      clearTimeout(timer);
      incoming.off("data", onData).off("end", onEnd).off("close", onClose);
      if (failure !== null) reject(failure);
      else resolve(chunks.length === 1 ? (chunks[0] ?? empty) : Buffer.concat(chunks, size));
    };
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) settle(tooLarge(maxBytes));
      else chunks.push(chunk);
    };
    const onEnd = () => settle(null);
    const onClose = () => settle(new BodyError("aborted", "the connection was closed before the body was complete"));
    const timer = setTimeout(() => settle(new BodyError("timeout", `the body did not arrive within ${bodyTimeoutMs} ms`)), bodyTimeoutMs);
    incoming.on("data", onData).on("end", onEnd).on("close", onClose);
  });
}

function tooLarge(maxBytes: number): BodyError {
  return new BodyError("too_large", `a body may have ${maxBytes} bytes`);
}
