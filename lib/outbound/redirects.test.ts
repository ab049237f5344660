import { afterEach, describe, expect, it } from "vitest";
import { createTestOutbound, type FakeRemote, failureOf, request, send, startRemote } from "./testing.ts";

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Redirects `/to?status=…&location=…`, answers every other path with its name. */
async function startRedirecting(): Promise<FakeRemote> {
  const remote = await startRemote((seen, response) => {
    const url = new URL(seen.url, "http://x");
    if (url.pathname !== "/to") return response.end(url.pathname);
    return response.writeHead(Number(url.searchParams.get("status")), { location: url.searchParams.get("location") ?? "" }).end();
  });
  cleanups.push(() => remote.close());
  return remote;
}

function to(remote: FakeRemote, status: number, location: string): string {
  return `${remote.origin}/to?status=${status}&location=${encodeURIComponent(location)}`;
}

async function start(): Promise<{ one: FakeRemote; two: FakeRemote; inside: FakeRemote; outbound: ReturnType<typeof createTestOutbound> }> {
  const one = await startRedirecting();
  const two = await startRedirecting();
  const inside = await startRemote((_seen, response) => response.end("secret"), "127.0.0.1");
  const outbound = createTestOutbound([one, two]);
  cleanups.push(
    () => inside.close(),
    () => outbound.close(),
  );
  return { one, two, inside, outbound };
}

const post = { method: "POST", body: "{}", headers: { "x-api-key": "key-of-one", "content-type": "application/json" } };

describe("redirects", () => {
  it("gives back the redirect itself when none are followed", async () => {
    const { one, outbound } = await start();
    expect((await send(outbound, request(to(one, 302, "/end")))).status).toBe(302);
  });

  it("follows on the same origin with the user's headers", async () => {
    const { one, outbound } = await start();
    const response = await send(outbound, request(to(one, 302, "/end"), { headers: { "x-api-key": "k" } }), {
      followRedirects: "same-origin",
    });
    expect(response).toMatchObject({ status: 200, body: "/end" });
    expect(one.requests[1]?.headers["x-api-key"]).toBe("k");
  });

  it("drops all headers of the user on a change of origin", async () => {
    const { one, two, outbound } = await start();
    await send(outbound, request(to(one, 302, `${two.origin}/end`), { headers: { "x-api-key": "k", authorization: "Bearer t" } }), {
      followRedirects: "any",
    });
    expect(Object.keys(two.requests[0]?.headers ?? {}).sort()).toEqual(["accept-encoding", "connection", "host", "user-agent"]);
  });

  it("answers a post that was redirected after its work with a get", async () => {
    const { one, outbound } = await start();
    for (const status of [302, 303]) await send(outbound, request(to(one, status, "/end"), post), { followRedirects: "any" });
    expect(one.requests.filter((seen) => seen.url === "/end")).toMatchObject([
      { method: "GET", body: "", headers: { "x-api-key": "key-of-one" } },
      { method: "GET", body: "" },
    ]);
    expect(one.requests[1]?.headers["content-type"]).toBeUndefined();
  });

  it("repeats a post for 307 and 308 on the same origin only", async () => {
    const { one, two, outbound } = await start();
    await send(outbound, request(to(one, 307, "/end"), post), { followRedirects: "any" });
    expect(one.requests[1]).toMatchObject({ method: "POST", body: "{}", url: "/end" });
    const failure = await failureOf(send(outbound, request(to(one, 308, `${two.origin}/end`), post), { followRedirects: "any" }));
    expect(failure).toMatchObject({ failureClass: "permanent", code: "redirect_refused", mayHaveApplied: false });
    expect(two.requests).toHaveLength(0);
  });

  it("does not take a moved address for a successful post", async () => {
    const { one, outbound } = await start();
    const failure = await failureOf(send(outbound, request(to(one, 301, "/new-place"), post), { followRedirects: "any" }));
    expect(failure).toMatchObject({ code: "redirect_refused", mayHaveApplied: false });
    expect(failure.message).toContain(`${one.origin}/new-place`);
    expect(one.requests).toHaveLength(1);
  });

  it("keeps a call with a credential on its origin, and says when its work may be done", async () => {
    const { one, two, outbound } = await start();
    const call = (what: object) =>
      failureOf(send(outbound, request(to(one, 302, `${two.origin}/end`), what), { followRedirects: "same-origin" }));
    expect(await call({})).toMatchObject({ code: "redirect_refused", mayHaveApplied: false });
    expect(await call(post)).toMatchObject({ code: "redirect_refused", mayHaveApplied: true });
    expect(two.requests).toHaveLength(0);
  });

  it("checks every hop: inside addresses, spellings and schemes", async () => {
    const { one, inside, outbound } = await start();
    const targets = [
      `http://127.0.0.1:${inside.port}/`,
      `http://2130706433:${inside.port}/`,
      "file:///etc/passwd",
      "data:text/plain,x",
      "gopher://x/",
      "http://169.254.169.254/latest/",
    ];
    for (const target of targets) {
      expect((await failureOf(send(outbound, request(to(one, 302, target)), { followRedirects: "any" }))).code, target).toBe(
        "egress_blocked",
      );
    }
    expect(inside.sockets).toHaveLength(0);
  });

  it("stops after five redirects", async () => {
    const { one, outbound } = await start();
    let url = `${one.origin}/end`;
    for (let hops = 0; hops < 5; hops++) url = to(one, 302, url);
    expect((await send(outbound, request(url), { followRedirects: "any" })).body).toBe("/end");
    expect((await failureOf(send(outbound, request(to(one, 302, url)), { followRedirects: "any" }))).code).toBe("too_many_redirects");
  });

  it("remembers that a post was done when a later hop fails", async () => {
    const { one, two, outbound } = await start();
    const location = `${two.origin}/end`;
    await two.close();
    const failure = await failureOf(send(outbound, request(to(one, 303, location), post), { followRedirects: "any" }));
    expect(failure).toMatchObject({ failureClass: "unavailable", code: "connect_refused", mayHaveApplied: true });
  });
});
