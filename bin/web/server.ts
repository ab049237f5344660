import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { isDoorPath } from "#lib/door/app.ts";
import { commonHeaders, makePagePolicy } from "#lib/door/security-headers.ts";

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;

export interface WebServerOptions {
  /** Webhooks, API, sign-in, sandbox, health: see isDoorPath. */
  door: Handler;
  /** Every other path. */
  pages: Handler;
  https: boolean;
  /** Pages may reload their code: looser policy, and upgrades are let through. */
  dev: boolean;
}

export interface WebServer {
  http: Server;
  listen(port: number, host: string): Promise<void>;
  /** Stops accepting, lets requests under way finish, and cuts off what is left after `graceMs`. */
  drain(graceMs: number): Promise<void>;
}

const headersTimeoutMs = 15_000;
const requestTimeoutMs = 60_000;
/** Longer than the usual idle time-out of a proxy in front, so that it never reuses a connection we just closed. */
const keepAliveTimeoutMs = 65_000;
const sweepMs = 50;

/** Headers by which a client could speak to the inside of the page renderer. Ours are the only ones it may see. */
const innerHeaders = [
  "content-security-policy",
  "content-security-policy-report-only",
  "x-middleware-subrequest",
  "next-action",
  "x-nonce",
];

/** One port for everything: the door's paths go to the door, pages to the renderer. */
export function createWebServer(options: WebServerOptions): WebServer {
  const headers = Object.entries(commonHeaders({ https: options.https }));
  let draining = false;

  const showPage = (request: IncomingMessage, response: ServerResponse): void => {
    if (request.method !== "GET" && request.method !== "HEAD") return refuse(response, 405, { allow: "GET, HEAD" });
    for (const name of innerHeaders) delete request.headers[name];
    const { policy } = makePagePolicy({ dev: options.dev });
    // The renderer reads the nonce from the request, the browser gets it with the answer.
    request.headers["content-security-policy"] = policy;
    response.setHeader("content-security-policy", policy);
    for (const [name, value] of headers) response.setHeader(name, value);
    options.pages(request, response);
  };

  const http = createServer((request, response) => {
    if (draining) response.setHeader("connection", "close");
    const path = request.url ?? "";
    if (!path.startsWith("/")) refuse(response, 400, {});
    else if (isDoorPath(path)) options.door(request, response);
    else showPage(request, response);
  });
  http.headersTimeout = headersTimeoutMs;
  http.requestTimeout = requestTimeoutMs;
  http.keepAliveTimeout = keepAliveTimeoutMs;
  if (!options.dev) http.on("upgrade", (_request, socket) => socket.destroy());

  return {
    http,
    listen: (port, host) =>
      new Promise((resolve, reject) => {
        http.once("error", reject);
        http.listen(port, host, () => {
          http.off("error", reject);
          resolve();
        });
      }),
    async drain(graceMs) {
      draining = true;
      const closed = new Promise<void>((resolve) => http.close(() => resolve()));
      // A connection that was busy when we closed becomes idle later, and would then stay for its keep-alive time.
      const sweep = setInterval(() => http.closeIdleConnections(), sweepMs);
      const cut = setTimeout(() => http.closeAllConnections(), graceMs);
      await closed;
      clearInterval(sweep);
      clearTimeout(cut);
    },
  };
}

function refuse(response: ServerResponse, status: number, headers: Record<string, string>): void {
  response.writeHead(status, { ...headers, connection: "close", "content-type": "text/plain", "x-content-type-options": "nosniff" });
  response.end(status === 405 ? "This address shows a page; it takes no input.\n" : "Bad request.\n");
}
