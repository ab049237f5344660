import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import type { Db } from "#lib/db/db.ts";
import { sandboxRoutes } from "#lib/door/sandbox/routes.ts";

/** Serves the sandbox on a free port of loopback, for as long as a scenario needs it. */
export async function startSandbox(pool: Db["pool"]): Promise<{ port: number; close(): Promise<void> }> {
  const app = new Hono().route("/sandbox", sandboxRoutes({ pool }));
  const server = await new Promise<Server>((resolve) => {
    const started = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, () => resolve(started as Server)); // safe because no other kind of server was asked for
  });
  const { port } = server.address() as AddressInfo; // safe because it listens on TCP
  return {
    port,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
