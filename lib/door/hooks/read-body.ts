import type { IncomingMessage } from "node:http";
import { HookRefusal } from "./refusal.ts";

/** A sender has this long for its body once its headers are here. */
const bodyTimeoutMs = 30_000;
const empty = Buffer.alloc(0);

/**
 * Reads the raw bytes of a request straight from Node: the web Request object costs more than all else on this path,
 * and signatures are made over these very bytes. Stops reading at the limit, declared or not.
 */
export function readBody(incoming: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const declared = incoming.headers["content-length"];
  if (declared !== undefined && Number(declared) > maxBytes) return Promise.reject(tooLarge(maxBytes));
  if (declared === undefined && incoming.headers["transfer-encoding"] === undefined) return Promise.resolve(empty);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (failure: HookRefusal | null) => {
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
    const onClose = () => settle(new HookRefusal("malformed", "the connection was closed before the body was complete"));
    const timer = setTimeout(() => settle(closing("body_timeout", `the body did not arrive within ${bodyTimeoutMs} ms`)), bodyTimeoutMs);
    incoming.on("data", onData).on("end", onEnd).on("close", onClose);
  });
}

function tooLarge(maxBytes: number): HookRefusal {
  return closing("body_too_large", `a body may have ${maxBytes} bytes`);
}

/** What is left of the body will not be read, so the connection cannot serve another request. */
function closing(name: "body_too_large" | "body_timeout", detail: string): HookRefusal {
  return new HookRefusal(name, detail, { headers: { connection: "close" } });
}
