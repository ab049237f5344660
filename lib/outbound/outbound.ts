import { Agent } from "undici";
import { NodeError, type OutboundRequest, type OutboundResponse } from "#lib/nodes/runner.ts";
import { createConnector, type Resolve, resolveBySystem } from "./connector.ts";
import { acceptEncoding, DecodeError, decodeContent, decodeText } from "./decode.ts";
import type { EgressPolicy, OwnDoor } from "./egress-policy.ts";
import { Exchange, type RawAnswer } from "./exchange.ts";
import { type FollowRedirects, maxRedirects, nextHop, redirectAfterEffect } from "./redirects.ts";
import { firstHop, type Hop } from "./request-rules.ts";

export interface OutboundOptions {
  policy: EgressPolicy;
  resolve?: Resolve;
  connectTimeoutMs?: number;
  /** Between two pieces of an answer's body. */
  idleTimeoutMs?: number;
}

export interface SendOptions {
  signal: AbortSignal;
  /** For everything together: connecting, redirects, the whole body. */
  timeoutMs: number;
  followRedirects: FollowRedirects;
  /** Of the decoded body. */
  maxBytes?: number;
}

export const defaultMaxBytes = 10 * 1024 * 1024;
const connectionsPerOrigin = 64;
const userAgent = "Sluice/1";

/**
 * The only way out of the process: every call of a node, a trigger or an alert goes through `send`. Connections are kept
 * alive and shared per origin; the egress guard stands where they are opened. Nothing in here ever repeats a request.
 */
export class Outbound {
  readonly #policy: EgressPolicy;
  readonly #remotes: Agent;
  readonly #ownDoor: Agent;

  constructor(options: OutboundOptions) {
    this.#policy = options.policy;
    const connectTimeoutMs = options.connectTimeoutMs ?? 5_000;
    // HTTP/2 stays off: on GOAWAY undici would send again what the remote may have begun.
    const common = {
      allowH2: false,
      pipelining: 1,
      connections: connectionsPerOrigin,
      headersTimeout: 0, // the attempt's own time-out bounds it
      bodyTimeout: options.idleTimeoutMs ?? 15_000,
    };
    const connect = createConnector({ policy: options.policy, resolve: options.resolve ?? resolveBySystem, connectTimeoutMs });
    this.#remotes = new Agent({ ...common, connect });
    // A pool of its own: a kept connection to the door must never serve a request that is not for the sandbox.
    this.#ownDoor = new Agent({ ...common, connect: { timeout: connectTimeoutMs } });
  }

  /** Sends a request and reads the whole answer, whatever its status. Throws a NodeError when there is no answer. */
  async send(request: OutboundRequest, options: SendOptions): Promise<OutboundResponse> {
    const startedAt = performance.now();
    const maxBytes = options.maxBytes ?? defaultMaxBytes;
    let hop = firstHop(request, this.#policy);
    let applied = false;
    for (let redirects = 0; ; redirects++) {
      try {
        const leftMs = Math.max(1, options.timeoutMs - (performance.now() - startedAt));
        const answer = await this.#exchange(hop, new Exchange({ signal: options.signal, timeoutMs: leftMs, maxBytes }));
        const next = nextHop(hop, { status: answer.status, location: answer.headers.location }, options.followRedirects, this.#policy);
        if (next === null) return await toResponse(answer, maxBytes, startedAt);
        if (redirects === maxRedirects) throw new NodeError("permanent", "too_many_redirects", `more than ${maxRedirects} redirects`);
        applied ||= redirectAfterEffect(hop.method, answer.status);
        hop = next;
      } catch (error) {
        throw applied ? afterEffect(error) : error;
      }
    }
  }

  /** Closes all connections. What is under way fails. */
  async close(): Promise<void> {
    await Promise.all([this.#remotes.destroy(), this.#ownDoor.destroy()]);
  }

  #exchange(hop: Hop, exchange: Exchange): Promise<RawAnswer> {
    const { door } = this.#policy;
    const own = hop.toOwnSandbox && door !== null;
    const headers: Record<string, string> = { "user-agent": userAgent, "accept-encoding": acceptEncoding, ...hop.headers };
    if (own) headers.host = hop.url.host;
    const origin = own ? doorOrigin(door) : hop.url.origin;
    const agent = own ? this.#ownDoor : this.#remotes;
    agent.dispatch({ origin, path: hop.url.pathname + hop.url.search, method: hop.method, headers, body: hop.body }, exchange);
    return exchange.answer;
  }
}

function doorOrigin(door: OwnDoor): string {
  return `http://${door.host.includes(":") ? `[${door.host}]` : door.host}:${door.port}`;
}

async function toResponse(answer: RawAnswer, maxBytes: number, startedAt: number): Promise<OutboundResponse> {
  const { status, headers } = answer;
  const response = { status, headers, body: "", durationMs: 0 };
  try {
    const encoding = headers["content-encoding"];
    const body = encoding === undefined ? answer.body : await decodeContent(answer.body, encoding, maxBytes);
    response.body = decodeText(body, headers["content-type"]);
    response.durationMs = Math.round(performance.now() - startedAt);
    return response;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new NodeError("output_invalid", error.code, error.message, { cause: error, mayHaveApplied: true, response });
  }
}

/** An earlier hop has done its work, so a failure of a later one must not look as if nothing had happened. */
function afterEffect(error: unknown): unknown {
  if (!(error instanceof NodeError) || error.mayHaveApplied) return error;
  return new NodeError(error.failureClass, error.code, error.message, {
    details: error.details,
    retryAfterMs: error.retryAfterMs,
    response: error.response,
    mayHaveApplied: true,
    cause: error,
  });
}
