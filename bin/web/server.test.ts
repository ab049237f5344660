import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import { afterEach, describe, expect, it } from "vitest";
import { createWebServer, type WebServer, type WebServerOptions } from "./server.ts";

const servers: WebServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.drain(0)));
});

async function start(options: Partial<WebServerOptions> = {}): Promise<{ server: WebServer; port: number; origin: string }> {
  const door = new Hono().all("*", (c) => c.text(`door ${c.req.path}`));
  const server = createWebServer({
    door: getRequestListener(door.fetch, { overrideGlobalObjects: false }),
    pages: (incoming, outgoing) => outgoing.end(JSON.stringify(incoming.headers)),
    https: false,
    dev: false,
    ...options,
  });
  servers.push(server);
  await server.listen(0, "127.0.0.1");
  const { port } = server.http.address() as AddressInfo; // safe because the server listens on TCP
  return { server, port, origin: `http://127.0.0.1:${port}` };
}

/** Sends a request line as it stands, which fetch would tidy up first. */
async function raw(port: number, text: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.end(text);
  let answer = "";
  for await (const chunk of socket) answer += String(chunk);
  return answer;
}

describe("the web server", () => {
  it("sends its paths to the door and every other one to the pages", async () => {
    const { origin } = await start();
    expect(await (await fetch(`${origin}/api/v1/runs?x=1`)).text()).toBe("door /api/v1/runs");
    expect(await (await fetch(`${origin}/hooks/abc`, { method: "POST", body: "x" })).text()).toBe("door /hooks/abc");
    expect(await (await fetch(`${origin}/workflows`)).json()).toHaveProperty("host");
  });

  it("gives each page a policy with a fresh nonce, the same to the renderer and to the browser", async () => {
    const { origin } = await start();
    const [one, two] = [await fetch(origin), await fetch(origin)];
    const policy = one.headers.get("content-security-policy") ?? "";
    expect(policy).toMatch(/script-src 'self' 'nonce-[A-Za-z0-9+/]{22}==' 'strict-dynamic';/);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe-eval");
    expect(await one.json()).toMatchObject({ "content-security-policy": policy });
    expect(two.headers.get("content-security-policy")).not.toBe(policy);
    expect(one.headers.get("x-content-type-options")).toBe("nosniff");
  });

  it("keeps from the renderer what would steer it, and every method but reading", async () => {
    const { origin } = await start();
    const headers = { "next-action": "x", "x-middleware-subrequest": "a:a:a", "content-security-policy": "script-src 'nonce-AAAA'" };
    const seen = (await (await fetch(origin, { headers })).json()) as Record<string, string>;
    expect(seen).not.toHaveProperty("next-action");
    expect(seen).not.toHaveProperty("x-middleware-subrequest");
    expect(seen["content-security-policy"]).not.toContain("nonce-AAAA");
    for (const method of ["POST", "PUT", "DELETE"]) expect((await fetch(origin, { method, headers })).status).toBe(405);
  });

  it("refuses absolute addresses and upgrades", async () => {
    const { port } = await start();
    expect(await raw(port, "GET http://169.254.169.254/latest HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).toMatch(
      /^HTTP\/1.1 400 /,
    );
    const upgrade = "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
    expect(await raw(port, upgrade)).toBe("");
  });

  it("lets requests under way finish when it stops, and takes no new ones", async () => {
    const held = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    const { server, port, origin } = await start({
      pages: async (_incoming, outgoing) => {
        arrived.resolve();
        await held.promise;
        outgoing.end("finished");
      },
    });
    const answer = fetch(origin);
    await arrived.promise;
    const drained = server.drain(10_000);
    const refused = request({ port, host: "127.0.0.1", agent: false }).end();
    expect((await once(refused, "error"))[0]).toMatchObject({ code: "ECONNREFUSED" });
    held.resolve();
    expect(await (await answer).text()).toBe("finished");
    await drained;
  });

  it("cuts off what does not finish within the grace", async () => {
    const arrived = Promise.withResolvers<IncomingMessage>();
    const { server, origin } = await start({ pages: (incoming) => arrived.resolve(incoming) });
    const answer = fetch(origin).then(
      () => "answered",
      () => "cut",
    );
    await arrived.promise;
    await server.drain(50);
    expect(await answer).toBe("cut");
  });
});
