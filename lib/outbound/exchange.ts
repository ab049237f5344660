import type { IncomingHttpHeaders } from "node:http";
import { type Dispatcher, errors } from "undici";
import { NodeError } from "#lib/nodes/runner.ts";

/** An answer as it came over the wire. */
export interface RawAnswer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

export interface ExchangeLimits {
  signal: AbortSignal;
  timeoutMs: number;
  maxBytes: number;
}

/**
 * One request and its answer, as undici's low-level handler: no streams and no web objects in between. It settles once,
 * and never lets its request be written a second time, whatever undici holds to be safe to repeat.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly answer: Promise<RawAnswer>;
  readonly #limits: ExchangeLimits;
  readonly #settle: PromiseWithResolvers<RawAnswer>;
  readonly #timer: NodeJS.Timeout;
  readonly #onAbort: () => void;
  #controller: Dispatcher.DispatchController | null = null;
  /** From here on the remote may have seen the request. */
  #sent = false;
  #failure: Error | null = null;
  #status = 0;
  #headers: Record<string, string> = {};
  #chunks: Buffer[] = [];
  #size = 0;

  constructor(limits: ExchangeLimits) {
    this.#limits = limits;
    this.#settle = Promise.withResolvers<RawAnswer>();
    this.answer = this.#settle.promise;
    this.#onAbort = () => this.#fail(cancelled(limits.signal, this.#sent));
    this.#timer = setTimeout(() => {
      this.#fail(
        new NodeError("timeout", "attempt_timeout", `no complete answer within ${limits.timeoutMs} ms`, { mayHaveApplied: this.#sent }),
      );
    }, limits.timeoutMs);
    if (limits.signal.aborted) this.#onAbort();
    else limits.signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Given up while it waited for a free connection. Throwing, unlike aborting, leaves the connection to the others.
    if (this.#failure !== null) throw this.#failure;
    if (this.#sent) throw connectionLost("the connection was lost, and the request is not sent a second time");
    this.#controller = controller;
    this.#sent = true;
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200) return;
    this.#status = status;
    this.#headers = flatten(headers);
    const declared = Number(this.#headers["content-length"] ?? 0);
    if (declared > this.#limits.maxBytes) controller.abort(this.#tooLarge());
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size > this.#limits.maxBytes) controller.abort(this.#tooLarge());
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.#release();
    const [only] = this.#chunks;
    const body = this.#chunks.length === 1 && only !== undefined ? only : Buffer.concat(this.#chunks, this.#size);
    this.#settle.resolve({ status: this.#status, headers: this.#headers, body });
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    this.#release();
    this.#settle.reject(this.#failure ?? toNodeError(error, this.#sent));
  }

  #fail(error: NodeError): void {
    this.#failure = error;
    this.#release();
    this.#settle.reject(error);
    this.#controller?.abort(error);
  }

  #release(): void {
    clearTimeout(this.#timer);
    this.#limits.signal.removeEventListener("abort", this.#onAbort);
  }

  #tooLarge(): NodeError {
    return new NodeError("output_invalid", "response_too_large", `the answer is larger than ${this.#limits.maxBytes} bytes`, {
      mayHaveApplied: true,
      response: { status: this.#status, headers: this.#headers, body: "", durationMs: 0 },
    });
  }
}

/** The failures of undici and of the socket, as classes that policies understand (engine.md 1.4). */
export function toNodeError(error: Error, sent: boolean): NodeError {
  if (error instanceof NodeError) return error;
  const code = "code" in error ? String(error.code) : "";
  const told = { cause: error, mayHaveApplied: sent };
  if (code === "UND_ERR_INVALID_ARG") return new NodeError("validation", "invalid_request", error.message, { cause: error });
  if (!sent) return new NodeError("unavailable", "connect_failed", `no connection: ${error.message}`, { cause: error });
  if (code === "UND_ERR_HEADERS_TIMEOUT")
    return new NodeError("timeout", "headers_timeout", "the remote did not start to answer in time", told);
  if (code === "UND_ERR_BODY_TIMEOUT") return new NodeError("timeout", "idle_timeout", "the answer stopped half-way", told);
  if (code === "UND_ERR_HEADERS_OVERFLOW")
    return new NodeError("output_invalid", "headers_too_large", "the headers of the answer are too large", told);
  if (error instanceof errors.HTTPParserError)
    return new NodeError("transient", "invalid_response", `the answer is not valid HTTP: ${error.message}`, told);
  if (code === "UND_ERR_RES_CONTENT_LENGTH_MISMATCH")
    return new NodeError("timeout", "response_truncated", "the answer ended before its declared length", told);
  return connectionLost(`the connection was lost before the answer was complete: ${error.message}`, error);
}

function connectionLost(message: string, cause?: Error): NodeError {
  return new NodeError("timeout", "connection_lost", message, { cause, mayHaveApplied: true });
}

function cancelled(signal: AbortSignal, sent: boolean): NodeError {
  const timedOut = signal.reason instanceof Error && signal.reason.name === "TimeoutError";
  return timedOut
    ? new NodeError("timeout", "attempt_timeout", "no complete answer in time", { cause: signal.reason, mayHaveApplied: sent })
    : new NodeError("cancelled", "cancelled", "the call was cancelled", { cause: signal.reason, mayHaveApplied: sent });
}

function flatten(headers: IncomingHttpHeaders): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    if (value !== undefined && name !== "__proto__") flat[name] = typeof value === "string" ? value : value.join(", ");
  }
  return flat;
}
