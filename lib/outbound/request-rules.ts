import type { OutboundRequest } from "#lib/nodes/runner.ts";
import { NodeError } from "#lib/nodes/runner.ts";
import type { EgressPolicy } from "./egress-policy.ts";

/** One request as it goes out: the first, or one after a redirect. */
export interface Hop {
  url: URL;
  method: string;
  headers: Record<string, string>;
  body: string | null;
  /** True when the instance's own sandbox is meant, which is dialled directly. */
  toOwnSandbox: boolean;
}

const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** Framing and routing belong to the client: a value of the user here could smuggle a request or reach another site. */
const ownHeaders = new Set([
  "host",
  "content-length",
  "connection",
  "keep-alive",
  "transfer-encoding",
  "te",
  "trailer",
  "upgrade",
  "expect",
  "proxy-authorization",
  "proxy-connection",
]);

const headerName = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Control characters but the tab, and all that is not Latin-1. */
const unsendable = /(?!\t)[\p{Cc}\u{100}-\u{10ffff}]/u;
/** WHATWG parsing drops or rewrites these without a word, so that what a person reads is not where the call goes. */
const misleading = /[\p{Cc}\s\\]/u;
const sandboxPath = "/sandbox/";

/** Checks what a node wants to send. Throws a NodeError of class validation, or permanent when the target is forbidden. */
export function firstHop(request: OutboundRequest, policy: EgressPolicy): Hop {
  const method = request.method.toUpperCase();
  if (!methods.has(method)) throw invalid("invalid_method", `${request.method} is not a method that can be sent`);
  const headers: Record<string, string> = {};
  for (const name of Object.keys(request.headers)) {
    const value = request.headers[name] ?? "";
    checkHeader(name, value);
    headers[name.toLowerCase()] = value;
  }
  return { ...parseTarget(request.url, policy), method, headers, body: request.body };
}

/** Checks a URL: http or https, no credentials in it, an open port. */
export function parseTarget(text: string, policy: EgressPolicy): Pick<Hop, "url" | "toOwnSandbox"> {
  if (misleading.test(text)) throw invalid("invalid_url", "the URL holds a space, a backslash or a control character");
  const url = URL.parse(text);
  if (url === null) throw invalid("invalid_url", `"${text.slice(0, 200)}" is not a URL`);
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw forbidden(`only http and https can be called, not ${url.protocol.slice(0, 30)}`);
  }
  if (url.username !== "" || url.password !== "") {
    throw invalid("invalid_url", "the URL holds a user name or password: keep credentials in a connection");
  }
  if (url.hostname.endsWith(".")) url.hostname = url.hostname.slice(0, -1);
  const toOwnSandbox = policy.door !== null && url.origin === policy.door.origin && url.pathname.startsWith(sandboxPath);
  const refusal = toOwnSandbox ? null : policy.refusePort(url.hostname.replace(/[[\]]/g, ""), portOf(url));
  if (refusal !== null) throw forbidden(`${url.host} must not be called: ${refusal}`);
  return { url, toOwnSandbox };
}

/** The port a URL stands for, written or not. */
export function portOf(url: URL): number {
  return url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
}

function checkHeader(name: string, value: string): void {
  if (!headerName.test(name)) throw invalid("invalid_header", `"${name.slice(0, 100)}" is not a header name`);
  if (ownHeaders.has(name.toLowerCase())) throw invalid("invalid_header", `the header ${name} is set by the client itself`);
  if (unsendable.test(value)) throw invalid("invalid_header", `the value of the header ${name} holds a character that cannot be sent`);
}

function invalid(code: string, message: string): NodeError {
  return new NodeError("validation", code, message);
}

function forbidden(message: string): NodeError {
  return new NodeError("permanent", "egress_blocked", message);
}
