import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";

/**
 * The address of whoever is at the other end of the socket. Headers such as X-Forwarded-For are not believed: anybody can
 * send them. Behind a proxy this is the proxy's address, which is why the limits per address are wide.
 */
export function clientAddress(c: Context): string {
  const bindings: Partial<HttpBindings> | undefined = c.env;
  return bindings?.incoming?.socket.remoteAddress ?? "unknown";
}
