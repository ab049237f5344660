import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net";
import type { OutboundRequest, OutboundResponse } from "#lib/nodes/runner.ts";
import { NodeError } from "#lib/nodes/runner.ts";
import type { ResolvedAddress } from "./connector.ts";
import { createEgressPolicy } from "./egress-policy.ts";
import { Outbound, type OutboundOptions, type SendOptions } from "./outbound.ts";

/** Stands in for "public": the policy of a test allows it, with exactly the ports of its fake remotes. */
export const remoteAddress = "127.0.0.2";

export interface SeenRequest {
  method: string;
  url: string;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

export interface FakeRemote {
  port: number;
  origin: string;
  /** Every request that arrived whole. */
  requests: SeenRequest[];
  /** Every socket that was opened. */
  sockets: Socket[];
  close(): Promise<void>;
}

/** An HTTP server as a remote service. It counts what reaches it. */
export async function startRemote(
  answer: (request: SeenRequest, response: ServerResponse) => void,
  address = remoteAddress,
): Promise<FakeRemote> {
  const requests: SeenRequest[] = [];
  const listener: RequestListener = (incoming, response) => {
    void readText(incoming).then((body) => {
      const seen = { method: incoming.method ?? "", url: incoming.url ?? "", headers: incoming.headers, body };
      requests.push(seen);
      answer(seen, response);
    });
  };
  return { ...(await listen(createServer(listener), address)), requests };
}

/** A server below HTTP, for answers that no HTTP server would give. */
export async function startRawRemote(onSocket: (socket: Socket) => void): Promise<Omit<FakeRemote, "requests">> {
  return listen(createTcpServer(onSocket), remoteAddress);
}

async function listen(server: Server, address: string): Promise<Omit<FakeRemote, "requests">> {
  const sockets: Socket[] = [];
  server.on("connection", (socket: Socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  const { port } = server.address() as AddressInfo; // safe because the server listens on TCP
  return {
    port,
    origin: `http://${address}:${port}`,
    sockets,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function readText(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** An Outbound that may reach exactly these ports of the fake remotes, with names resolved by the test. */
export function createTestOutbound(
  remotes: { port: number }[],
  options: Partial<OutboundOptions> & { names?: Record<string, string[]>; allow?: string[] } = {},
): Outbound {
  const allow = [...remotes.map((remote) => `${remoteAddress}:${remote.port}`), ...(options.allow ?? [])];
  return new Outbound({
    policy: createEgressPolicy({ allow, door: null }),
    resolve: async (hostname) => (options.names?.[hostname] ?? []).map(toResolved),
    ...options,
  });
}

export function toResolved(address: string): ResolvedAddress {
  return { address, family: address.includes(":") ? 6 : 4 };
}

export function request(url: string, parts: Partial<OutboundRequest> = {}): OutboundRequest {
  return { method: "GET", url, headers: {}, body: null, ...parts };
}

/** Sends with the defaults of a test: no redirects, five seconds. */
export function send(outbound: Outbound, what: OutboundRequest, options: Partial<SendOptions> = {}): Promise<OutboundResponse> {
  return outbound.send(what, { signal: new AbortController().signal, timeoutMs: 5_000, followRedirects: "none", ...options });
}

/** The NodeError a call ends with; fails the test when there is none. */
export async function failureOf(call: Promise<unknown>): Promise<NodeError> {
  const error = await call.then(
    () => new Error("the call succeeded"),
    (thrown: unknown) => thrown,
  );
  if (error instanceof NodeError) return error;
  throw error;
}
