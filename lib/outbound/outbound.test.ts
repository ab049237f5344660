import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { createEgressPolicy } from "./egress-policy.ts";
import { Outbound } from "./outbound.ts";
import { createTestOutbound, failureOf, request, send, startRawRemote, startRemote, toResolved } from "./testing.ts";

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function cleaned<T extends { close(): Promise<unknown> }>(resource: T): T {
  cleanups.push(() => resource.close());
  return resource;
}

const ok =
  (body = "{}") =>
  async () =>
    cleaned(
      await startRemote((_request, response) => {
        response.setHeader("content-type", "application/json");
        response.end(body);
      }),
    );

describe("sending", () => {
  it("sends method, path, headers and body, and gives back status, headers and text", async () => {
    const remote = cleaned(
      await startRemote((_request, response) => {
        response.writeHead(201, { "content-type": "application/json", "set-cookie": ["a=1", "b=2"] });
        response.end('{"id":7}');
      }),
    );
    const outbound = cleaned(createTestOutbound([remote]));
    const response = await send(
      outbound,
      request(`${remote.origin}/orders?x=1`, {
        method: "post",
        headers: { "X-Trace": "t1", "Content-Type": "application/json" },
        body: '{"a":"ä"}',
      }),
    );
    expect(response).toMatchObject({
      status: 201,
      body: '{"id":7}',
      headers: { "content-type": "application/json", "set-cookie": "a=1, b=2" },
    });
    expect(remote.requests).toMatchObject([
      { method: "POST", url: "/orders?x=1", body: '{"a":"ä"}', headers: { "x-trace": "t1", "user-agent": "Sluice/1" } },
    ]);
  });

  it("keeps connections for calls in a row and opens more for calls side by side", async () => {
    const remote = await ok()();
    const outbound = cleaned(createTestOutbound([remote]));
    for (let i = 0; i < 20; i++) await send(outbound, request(`${remote.origin}/`, { method: "POST", body: "{}" }));
    // Two, because a connection is used again only a turn of the event loop after its answer.
    expect(remote.sockets.length).toBeLessThanOrEqual(2);
    await Promise.all(Array.from({ length: 10 }, () => send(outbound, request(`${remote.origin}/`))));
    expect(remote.sockets.length).toBeGreaterThan(2);
    expect(remote.sockets.length).toBeLessThanOrEqual(12);
  });

  it("opens at most 64 connections to one origin and makes the rest wait", async () => {
    const remote = cleaned(await startRemote((_request, response) => void setImmediate(() => response.end("ok"))));
    const outbound = cleaned(createTestOutbound([remote]));
    await Promise.all(Array.from({ length: 200 }, () => send(outbound, request(`${remote.origin}/`))));
    expect(remote.requests).toHaveLength(200);
    expect(remote.sockets.length).toBeLessThanOrEqual(64);
  });

  it("gives back an error answer as an answer", async () => {
    const remote = cleaned(await startRemote((_request, response) => response.writeHead(503, { "retry-after": "3" }).end("busy")));
    const outbound = cleaned(createTestOutbound([remote]));
    expect(await send(outbound, request(remote.origin))).toMatchObject({ status: 503, body: "busy", headers: { "retry-after": "3" } });
  });

  it("reads the text by its declared charset and drops a byte order mark", async () => {
    const remote = cleaned(
      await startRemote((seen, response) => {
        if (seen.url === "/latin") response.setHeader("content-type", "text/plain; charset=ISO-8859-1").end(Buffer.from([0xe4, 0xf6]));
        else response.end(Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0x7d]));
      }),
    );
    const outbound = cleaned(createTestOutbound([remote]));
    expect((await send(outbound, request(`${remote.origin}/latin`))).body).toBe("äö");
    expect((await send(outbound, request(`${remote.origin}/bom`))).body).toBe("{}");
  });
});

describe("egress guard", () => {
  it.each([
    "127.0.0.1",
    "127.1",
    "0x7f.1",
    "2130706433",
    "0177.0.0.1",
    "017700000001",
    "0",
    "１２７.0.0.1",
    "127.0.0.1.",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
  ])("refuses %s before a socket opens", async (host) => {
    const inside = cleaned(await startRemote((_request, response) => response.end("secret"), "127.0.0.1"));
    const outbound = cleaned(createTestOutbound([]));
    const failure = await failureOf(send(outbound, request(`http://${host}:${inside.port}/`)));
    expect(failure).toMatchObject({ failureClass: "permanent", code: "egress_blocked", mayHaveApplied: false });
    expect(inside.sockets).toHaveLength(0);
  });

  it("refuses a name that resolves to a blocked address, also when another address is public", async () => {
    const inside = cleaned(await startRemote((_request, response) => response.end("secret"), "127.0.0.1"));
    const names = { "private.example": ["127.0.0.1"], "mixed.example": ["93.184.216.34", "127.0.0.1"] };
    const outbound = cleaned(createTestOutbound([], { names }));
    for (const name of Object.keys(names)) {
      expect((await failureOf(send(outbound, request(`http://${name}:${inside.port}/`)))).code).toBe("egress_blocked");
    }
    expect(inside.sockets).toHaveLength(0);
  });

  it("dials the address it checked even if the name resolves to another one the next time", async () => {
    const remote = await ok('"outside"')();
    const inside = cleaned(await startRemote((_request, response) => response.end('"inside"'), "127.0.0.3"));
    let asked = 0;
    const outbound = cleaned(
      createTestOutbound([remote], {
        resolve: async () => [toResolved(asked++ === 0 ? "127.0.0.2" : "127.0.0.3")],
      }),
    );
    expect((await send(outbound, request(`http://rebind.example:${remote.port}/`))).body).toBe('"outside"');
    expect(asked).toBe(1);
    expect(inside.sockets).toHaveLength(0);
  });

  it("refuses other schemes, credentials in the URL, misleading characters and ports of other services", async () => {
    const outbound = cleaned(createTestOutbound([]));
    const codes = async (url: string) => (await failureOf(send(outbound, request(url)))).code;
    for (const url of ["file:///etc/passwd", "gopher://x.example/", "data:text/plain,x", "ftp://x.example/"])
      expect(await codes(url)).toBe("egress_blocked");
    for (const port of [22, 25, 5432, 6379]) expect(await codes(`http://x.example:${port}/`)).toBe("egress_blocked");
    for (const url of [
      "http://user:pw@x.example/",
      "http://x.example\\@y.example/",
      "http://x.example/\tz",
      "http://x.example/a b",
      " http://x.example/",
      "x.example",
      "http://",
    ]) {
      expect(await codes(url)).toBe("invalid_url");
    }
  });

  it("refuses headers that belong to the client, and values that cannot be sent", async () => {
    const remote = await ok()();
    const outbound = cleaned(createTestOutbound([remote]));
    const failure = (headers: Record<string, string>) => failureOf(send(outbound, request(remote.origin, { headers })));
    for (const name of ["Host", "Content-Length", "Connection", "Transfer-Encoding", "Proxy-Authorization", "bad name", "a:b", ""]) {
      expect(await failure({ [name]: "1" })).toMatchObject({ failureClass: "validation", code: "invalid_header" });
    }
    for (const value of ["a\r\nb: c", "a\u0000", "\ud800", "emoji 🙂"])
      expect((await failure({ "x-a": value })).code).toBe("invalid_header");
    expect(remote.requests).toHaveLength(0);
  });

  it("reaches the instance's own sandbox on loopback, and nothing else there", async () => {
    const door = cleaned(await startRemote((_request, response) => response.end("door"), "127.0.0.1"));
    const policy = createEgressPolicy({ allow: [], door: { origin: "https://sluice.example", host: "127.0.0.1", port: door.port } });
    const outbound = cleaned(new Outbound({ policy, resolve: async () => [toResolved("127.0.0.1")] }));
    expect((await send(outbound, request("https://sluice.example/sandbox/a/b?c=1"))).body).toBe("door");
    expect(door.requests).toMatchObject([{ url: "/sandbox/a/b?c=1", headers: { host: "sluice.example" } }]);
    for (const url of [
      "https://sluice.example/api/v1/tokens",
      "https://sluice.example/sandbox/../api/v1/tokens",
      "https://sluice.example/sandbox/%2e%2e/api",
      `http://127.0.0.1:${door.port}/sandbox/a`,
      "https://sluice.example:8443/sandbox/a",
    ]) {
      expect((await failureOf(send(outbound, request(url)))).code).toBe("egress_blocked");
    }
    expect(door.requests).toHaveLength(1);
  });
});

describe("failures", () => {
  it("tells a refused connection, an unknown name and a dead address as unavailable and not applied", async () => {
    const gone = await startRemote((_request, response) => response.end());
    await gone.close();
    const outbound = cleaned(
      createTestOutbound([gone], {
        names: { "empty.example": [] },
        connectTimeoutMs: 200,
        allow: ["10.255.255.1:81", "stuck.example:443"],
      }),
    );
    const refusedCall = await failureOf(send(outbound, request(gone.origin, { method: "POST", body: "{}" })));
    expect(refusedCall).toMatchObject({ failureClass: "unavailable", code: "connect_refused", mayHaveApplied: false });
    expect(await failureOf(send(outbound, request("http://empty.example/")))).toMatchObject({
      failureClass: "unavailable",
      code: "dns_failed",
      mayHaveApplied: false,
    });
  });

  it("gives up resolving when the connect time is over", async () => {
    const outbound = cleaned(createTestOutbound([], { connectTimeoutMs: 100, resolve: () => new Promise(() => undefined) }));
    expect(await failureOf(send(outbound, request("http://slow-dns.example/")))).toMatchObject({
      failureClass: "unavailable",
      code: "connect_timeout",
      mayHaveApplied: false,
    });
  });

  it("tells a failed TLS handshake as unavailable and not applied", async () => {
    const plain = cleaned(await startRawRemote((socket) => socket.end("not tls\r\n")));
    const outbound = cleaned(createTestOutbound([plain]));
    expect(await failureOf(send(outbound, request(`https://127.0.0.2:${plain.port}/`)))).toMatchObject({
      failureClass: "unavailable",
      code: "tls_failed",
      mayHaveApplied: false,
    });
  });

  it("refuses a certificate nobody vouches for", async () => {
    const pem = readFileSync(new URL("./testing-certificate.pem", import.meta.url), "utf8");
    const server = createServer({ key: pem, cert: pem }, (_request, response) => response.end("ok"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.2", resolve));
    cleanups.push(async () => server.close());
    const address = server.address();
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    const outbound = cleaned(createTestOutbound([{ port }]));
    expect(await failureOf(send(outbound, request(`https://127.0.0.2:${port}/`)))).toMatchObject({
      code: "tls_failed",
      mayHaveApplied: false,
    });
  });

  it("times out a remote that never answers, and says that the call may have been applied", async () => {
    const silent = cleaned(await startRemote(() => undefined));
    const outbound = cleaned(createTestOutbound([silent]));
    const failure = await failureOf(send(outbound, request(silent.origin, { method: "POST", body: "{}" }), { timeoutMs: 100 }));
    expect(failure).toMatchObject({ failureClass: "timeout", code: "attempt_timeout", mayHaveApplied: true });
  });

  it("ends a drip at the time-out although something always arrives", async () => {
    const drip = cleaned(
      await startRemote((_request, response) => {
        const timer = setInterval(() => response.write("x"), 10);
        response.on("close", () => clearInterval(timer));
      }),
    );
    const outbound = cleaned(createTestOutbound([drip]));
    expect((await failureOf(send(outbound, request(drip.origin), { timeoutMs: 250 }))).code).toBe("attempt_timeout");
  });

  it("gives up on an answer that stops half-way", async () => {
    const stalled = cleaned(await startRemote((_request, response) => void response.writeHead(200).write("half")));
    const outbound = cleaned(createTestOutbound([stalled], { idleTimeoutMs: 100 }));
    expect(await failureOf(send(outbound, request(stalled.origin)))).toMatchObject({
      failureClass: "timeout",
      code: "idle_timeout",
      mayHaveApplied: true,
    });
  });

  it("stops at once when the run is cancelled", async () => {
    const silent = cleaned(await startRemote(() => controller.abort()));
    const controller = new AbortController();
    const outbound = cleaned(createTestOutbound([silent]));
    expect(await failureOf(send(outbound, request(silent.origin), { signal: controller.signal }))).toMatchObject({
      failureClass: "cancelled",
      mayHaveApplied: true,
    });
    expect(await failureOf(send(outbound, request(silent.origin), { signal: controller.signal }))).toMatchObject({
      failureClass: "cancelled",
      mayHaveApplied: false,
    });
    expect(silent.requests).toHaveLength(1);
  });

  it("does not send what was given up while it waited for a connection", async () => {
    const release: (() => void)[] = [];
    const remote = cleaned(await startRemote((_request, response) => void release.push(() => response.end())));
    const outbound = cleaned(createTestOutbound([remote]));
    const busy = Array.from({ length: 64 }, () => send(outbound, request(`${remote.origin}/busy`)));
    const late = await failureOf(send(outbound, request(`${remote.origin}/late`, { method: "POST", body: "{}" }), { timeoutMs: 100 }));
    expect(late).toMatchObject({ code: "attempt_timeout", mayHaveApplied: false });
    while (release.length < 64) await new Promise(setImmediate);
    for (const answer of release) answer();
    await Promise.all(busy);
    const after = send(outbound, request(`${remote.origin}/after`));
    while (release.length < 65) await new Promise(setImmediate);
    release.at(-1)?.();
    await after;
    expect(remote.requests.map((seen) => seen.url)).not.toContain("/late");
  });

  it("classifies resets, truncated and malformed answers", async () => {
    const answers: Record<string, { text: string; expected: object }> = {
      reset: { text: "", expected: { failureClass: "timeout", code: "connection_lost", mayHaveApplied: true } },
      halfHeader: { text: "HTTP/1.1 200 OK\r\nconte", expected: { failureClass: "timeout", code: "connection_lost" } },
      truncated: { text: "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf", expected: { failureClass: "timeout", mayHaveApplied: true } },
      chunked: {
        text: "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab",
        expected: { failureClass: "timeout", mayHaveApplied: true },
      },
      garbage: { text: "hello\r\n\r\n", expected: { failureClass: "transient", code: "invalid_response", mayHaveApplied: true } },
      hugeHeader: {
        text: `HTTP/1.1 200 OK\r\nx: ${"a".repeat(1_000_000)}\r\n\r\n`,
        expected: { failureClass: "output_invalid", code: "headers_too_large" },
      },
      manyHeaders: {
        text: `HTTP/1.1 200 OK\r\n${"a: b\r\n".repeat(20_000)}\r\n`,
        expected: { failureClass: "output_invalid", code: "headers_too_large" },
      },
    };
    for (const [name, { text, expected }] of Object.entries(answers)) {
      const remote = cleaned(await startRawRemote((socket) => void socket.once("data", () => socket.end(text))));
      const outbound = cleaned(createTestOutbound([remote]));
      expect(await failureOf(send(outbound, request(remote.origin, { method: "POST", body: "{}" }))), name).toMatchObject(expected);
    }
  });
});

describe("size limits", () => {
  const zeros = (bytes: number) => gzipSync(Buffer.alloc(bytes));

  it("stops at the limit, declared or not, and keeps status and headers for a person to see", async () => {
    const big = cleaned(
      await startRemote((seen, response) => {
        response.setHeader("x-a", "1");
        if (seen.url === "/declared") response.end(Buffer.alloc(2_000));
        else response.write(Buffer.alloc(2_000));
      }),
    );
    const outbound = cleaned(createTestOutbound([big]));
    for (const path of ["/declared", "/chunked"]) {
      const failure = await failureOf(send(outbound, request(big.origin + path), { maxBytes: 1_000 }));
      expect(failure).toMatchObject({
        failureClass: "output_invalid",
        code: "response_too_large",
        mayHaveApplied: true,
        response: { status: 200 },
      });
    }
    expect((await send(outbound, request(`${big.origin}/declared`), { maxBytes: 2_000 })).body).toHaveLength(2_000);
  });

  it("stops inflating a bomb at the limit", async () => {
    const bomb = zeros(64 * 1024 * 1024);
    const remote = cleaned(await startRemote((_request, response) => response.setHeader("content-encoding", "gzip").end(bomb)));
    const outbound = cleaned(createTestOutbound([remote]));
    const before = process.memoryUsage().rss;
    expect((await failureOf(send(outbound, request(remote.origin)))).code).toBe("response_too_large");
    expect(process.memoryUsage().rss - before).toBeLessThan(50 * 1024 * 1024);
  });

  it("undoes gzip, also twice, and refuses stacks and unknown encodings", async () => {
    const once = gzipSync('{"a":1}');
    const remote = cleaned(
      await startRemote((seen, response) => {
        const encoding = decodeURIComponent(seen.url.slice(1));
        response.setHeader("content-encoding", encoding).end(encoding === "gzip, gzip" ? gzipSync(once) : once);
      }),
    );
    const outbound = cleaned(createTestOutbound([remote]));
    const get = (encoding: string) => send(outbound, request(`${remote.origin}/${encodeURIComponent(encoding)}`));
    expect((await get("gzip")).body).toBe('{"a":1}');
    expect((await get("gzip, gzip")).body).toBe('{"a":1}');
    expect((await failureOf(get(Array(10).fill("gzip").join(", ")))).code).toBe("unsupported_encoding");
    expect((await failureOf(get("constructor"))).code).toBe("unsupported_encoding");
    expect((await failureOf(get("br"))).code).toBe("invalid_encoding");
  });
});
