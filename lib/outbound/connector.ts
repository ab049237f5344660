import { lookup } from "node:dns/promises";
import { connect as connectTcp, isIP, type LookupFunction, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { buildConnector } from "undici";
import { NodeError } from "#lib/nodes/runner.ts";
import { toError } from "#lib/shared/errors.ts";
import type { EgressPolicy } from "./egress-policy.ts";

export interface ResolvedAddress {
  address: string;
  family: number;
}

/** All addresses of a name. Injected by tests; otherwise the system's resolver. */
export type Resolve = (hostname: string) => Promise<ResolvedAddress[]>;

export const resolveBySystem: Resolve = (hostname) => lookup(hostname, { all: true });

export interface ConnectorOptions {
  policy: EgressPolicy;
  resolve: Resolve;
  connectTimeoutMs: number;
}

interface Dial {
  hostname: string;
  protocol: string;
  port: number;
  servername: string | undefined;
  addresses: ResolvedAddress[];
}

const maxTlsSessions = 100;

/**
 * Makes the function that opens undici's sockets. It alone decides where a socket may go: a literal is checked, a name
 * is resolved once and refused when any of its addresses is blocked, only checked addresses are dialled, and the
 * address the socket ended at is checked again. undici's own `lookup` hook would not be asked for literals.
 */
export function createConnector(options: ConnectorOptions): buildConnector.connector {
  const sessions = new Map<string, Buffer>();
  return (target, callback) => {
    const port = Number(target.port) || (target.protocol === "https:" ? 443 : 80);
    open({ ...options, sessions }, target, port).then(
      (socket) => callback(null, socket),
      (error: unknown) => callback(toError(error), null),
    );
  };
}

type Opening = ConnectorOptions & { sessions: Map<string, Buffer> };

async function open(options: Opening, target: buildConnector.Options, port: number): Promise<Socket> {
  const { hostname } = target;
  const { promise: expired, reject } = Promise.withResolvers<never>();
  expired.catch(() => undefined);
  const timer = setTimeout(
    () => reject(unavailable("connect_timeout", `no connection to ${hostname}:${port} within ${options.connectTimeoutMs} ms`)),
    options.connectTimeoutMs,
  );
  let socket: Socket | null = null;
  try {
    const addresses = await Promise.race([resolveChecked(options, hostname, port), expired]);
    const dial: Dial = { hostname, protocol: target.protocol, port, servername: target.servername, addresses };
    const dialled = dialSocket(dial, options.sessions);
    socket = dialled.socket;
    await Promise.race([dialled.connected, expired]);
    const refusal = options.policy.refuseAddress({ address: socket.remoteAddress ?? "", host: hostname, port });
    if (refusal !== null) throw blocked(hostname, port, refusal);
    return socket;
  } catch (error) {
    socket?.on("error", () => undefined); // what comes after the failure is of no interest, but must not be thrown
    socket?.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function resolveChecked(options: ConnectorOptions, hostname: string, port: number): Promise<ResolvedAddress[]> {
  const family = isIP(hostname);
  const addresses = family === 0 ? await resolveName(options.resolve, hostname) : [{ address: hostname, family }];
  for (const { address } of addresses) {
    const refusal = options.policy.refuseAddress({ address, host: hostname, port });
    if (refusal !== null) throw blocked(hostname, port, refusal);
  }
  return addresses;
}

async function resolveName(resolve: Resolve, hostname: string): Promise<ResolvedAddress[]> {
  const addresses = await resolve(hostname).catch((error: unknown) => {
    throw unavailable("dns_failed", `the name ${hostname} could not be resolved`, error);
  });
  if (addresses.length === 0) throw unavailable("dns_failed", `the name ${hostname} has no address`);
  return addresses;
}

/** Hands the checked addresses to Node's own dialling, which tries them side by side, instead of letting it resolve. */
function dialSocket(dial: Dial, sessions: Map<string, Buffer>): { socket: Socket; connected: Promise<void> } {
  const lookupChecked: LookupFunction = (_hostname, asked, callback) => {
    const first = dial.addresses[0];
    if (asked.all) callback(null, dial.addresses);
    else callback(null, first?.address ?? "", first?.family ?? 4);
  };
  const common = { host: dial.hostname, port: dial.port, lookup: lookupChecked, autoSelectFamily: true, noDelay: true, keepAlive: true };
  if (dial.protocol !== "https:") {
    const socket = connectTcp(common);
    return { socket, connected: settled(socket, "connect", dial, () => "connect_failed") };
  }
  const servername = dial.servername ?? (isIP(dial.hostname) === 0 ? dial.hostname : "");
  const sessionKey = `${dial.hostname}:${dial.port}`;
  const socket = connectTls({ ...common, servername, ALPNProtocols: ["http/1.1"], session: sessions.get(sessionKey) });
  socket.on("session", (ticket: Buffer) => rememberSession(sessions, sessionKey, ticket));
  let reached = false;
  socket.once("connect", () => {
    reached = true;
  });
  return { socket, connected: settled(socket, "secureConnect", dial, () => (reached ? "tls_failed" : "connect_failed")) };
}

function settled(socket: Socket, event: string, dial: Dial, failure: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error) => {
      const code = failure() === "connect_failed" && "code" in error && error.code === "ECONNREFUSED" ? "connect_refused" : failure();
      reject(unavailable(code, `no connection to ${dial.hostname}:${dial.port}: ${describe(error)}`, error));
    };
    socket.once("error", onError);
    socket.once(event, () => {
      socket.off("error", onError);
      resolve();
    });
  });
}

/** With several addresses Node reports one error for all, whose own message is empty. */
function describe(error: Error): string {
  return error instanceof AggregateError ? error.errors.map((inner) => toError(inner).message).join("; ") : error.message;
}

function rememberSession(sessions: Map<string, Buffer>, key: string, ticket: Buffer): void {
  sessions.delete(key);
  sessions.set(key, ticket);
  const oldest = sessions.keys().next().value;
  if (sessions.size > maxTlsSessions && oldest !== undefined) sessions.delete(oldest);
}

function unavailable(code: string, message: string, cause?: unknown): NodeError {
  return new NodeError("unavailable", code, message, { cause });
}

function blocked(host: string, port: number, reason: string): NodeError {
  return new NodeError("permanent", "egress_blocked", `${host}:${port} must not be called: ${reason}`);
}
