import { afterEach, expect, it, vi } from "vitest";
import { ApiFailure, api, problemFor } from "./client.ts";

afterEach(() => vi.unstubAllGlobals());

/** The network is the one thing here that is not ours. */
function answerWith(answer: () => Response | Promise<Response>) {
  const calls: { url: string; init: RequestInit }[] = [];
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    calls.push({ url, init });
    return answer();
  });
  return calls;
}

async function failureOf(promise: Promise<unknown>): Promise<ApiFailure> {
  const thrown = await promise.catch((error: unknown) => error);
  if (!(thrown instanceof ApiFailure)) throw new Error("it did not fail as ApiFailure");
  return thrown;
}

it("reads a problem with its code, its request id and the fault of each field", async () => {
  const problem = {
    type: "about:blank",
    title: "Invalid",
    status: 422,
    code: "invalid_input",
    detail: "name: is needed",
    requestId: "req_1",
    problems: [{ path: "name", message: "is needed" }],
  };
  answerWith(() => Response.json(problem, { status: 422, headers: { "retry-after": "7" } }));
  const failure = await failureOf(api.post("/workflows", {}));
  expect(failure).toMatchObject({
    code: "invalid_input",
    status: 422,
    message: "Name: is needed",
    requestId: "req_1",
    retryAfterMs: 7_000,
  });
  expect(problemFor(failure, "name")).toBe("is needed");
  expect(problemFor(failure, "other")).toBeUndefined();
});

it("makes a sentence of an answer that is no problem document", async () => {
  answerWith(() => new Response("<html>", { status: 502, statusText: "Bad Gateway" }));
  expect(await failureOf(api.get("/runs"))).toMatchObject({
    code: "unavailable",
    status: 502,
    message: "The server answered 502 Bad Gateway",
  });
});

it("says that the server cannot be reached", async () => {
  answerWith(() => Promise.reject(new TypeError("fetch failed")));
  expect(await failureOf(api.get("/runs"))).toMatchObject({ code: "network", status: 0 });
});

it("fails on a 401 when nobody can be asked to sign in", async () => {
  answerWith(() => Response.json({ code: "unauthenticated", detail: "sign in first", requestId: "r" }, { status: 401 }));
  expect((await failureOf(api.get("/runs"))).code).toBe("unauthenticated");
});

it("leaves empty filters out and joins lists", async () => {
  const calls = answerWith(() => Response.json({ items: [] }));
  await api.get("/runs", { query: { status: ["failed", "running"], q: "", cursor: null, limit: 50, workflowId: undefined } });
  expect(calls[0]?.url).toBe("/api/v1/runs?status=failed%2Crunning&limit=50");
});

it("gives back nothing for an answer without a body", async () => {
  answerWith(() => new Response(null, { status: 204 }));
  expect(await api.delete("/tokens/1")).toBeUndefined();
});
