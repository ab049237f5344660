import { afterEach, describe, expect, it, test } from "vitest";
import { createTestOutbound, failureOf, request, send, startRawRemote } from "./testing.ts";

/*
 * The bug this guards against: an HTTP client that writes a POST again by itself when a kept-alive connection turns out
 * to be dead doubles an effect where the engine cannot see it (engine.md 1.3, scenario 83).
 */

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const answer = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

describe("a kept-alive connection that dies during a request", () => {
  test.each(["POST", "PUT", "GET"])("scenario 83: ends a %s as lost instead of sending it again", async (method) => {
    const seen: string[] = [];
    const remote = await startRawRemote((socket) => {
      socket.on("data", (data) => {
        const path = data.toString().split(" ")[1] ?? "";
        seen.push(path);
        if (path === "/second") socket.destroy();
        else socket.write(answer);
      });
    });
    const outbound = createTestOutbound([remote]);
    cleanups.push(
      () => remote.close(),
      () => outbound.close(),
    );
    await send(outbound, request(`${remote.origin}/first`, { method, body: "{}" }));
    await new Promise(setImmediate);
    const failure = await failureOf(send(outbound, request(`${remote.origin}/second`, { method, body: "{}" })));
    expect(failure).toMatchObject({ failureClass: "timeout", code: "connection_lost", mayHaveApplied: true });
    // Had the client kept the second request to send it again, it would have gone out before the third.
    await send(outbound, request(`${remote.origin}/third`, { method, body: "{}" }));
    expect(seen).toEqual(["/first", "/second", "/third"]);
  });

  it("opens a new connection when the old one was closed before", async () => {
    const paths: string[] = [];
    const remote = await startRawRemote((socket) => {
      socket.once("data", (data) => {
        paths.push(data.toString().split(" ")[1] ?? "");
        socket.end(answer);
      });
    });
    const outbound = createTestOutbound([remote]);
    cleanups.push(
      () => remote.close(),
      () => outbound.close(),
    );
    await send(outbound, request(`${remote.origin}/first`, { method: "POST", body: "{}" }));
    const closed = remote.sockets[0];
    if (closed !== undefined && !closed.closed) await new Promise((resolve) => closed.once("close", resolve));
    expect((await send(outbound, request(`${remote.origin}/second`, { method: "POST", body: "{}" }))).body).toBe("ok");
    expect(paths).toEqual(["/first", "/second"]);
  });
});
