import { expect, test } from "vitest";
import { ExpressionError } from "#lib/expressions/error.ts";
import type { OutboundRequest } from "#lib/nodes/runner.ts";
import { answer, failureOf, runNode } from "#lib/nodes/test-context.ts";
import type { JsonObject } from "#lib/shared/json.ts";
import { httpRequest } from "./definition.ts";

const get = { url: "https://api.example.com/orders" };

async function sent(config: JsonObject, body: JsonObject = {}): Promise<OutboundRequest> {
  const requests: OutboundRequest[] = [];
  await runNode("http-request", config, {
    body,
    respond: (request) => {
      requests.push(request);
      return answer(200);
    },
  });
  const [request] = requests;
  if (!request) throw new Error("nothing was sent");
  return request;
}

test("sends what the config says, with expressions resolved", async () => {
  const config = {
    method: "POST",
    url: "https://api.example.com/orders/{{ trigger.body.id }}?fixed=1",
    query: { since: "2026-01-01", q: "a b&c", ids: "{{ trigger.body.ids }}" },
    headers: { "X-Source": "sluice {{ trigger.body.id }}", "X-Count": "{{ trigger.body.count }}" },
    body: { id: "{{ trigger.body.id }}", count: "{{ trigger.body.count }}" },
  };
  expect(await sent(config, { id: "o-1", count: 2, ids: [1, 2] })).toEqual({
    method: "POST",
    url: "https://api.example.com/orders/o-1?fixed=1&since=2026-01-01&q=a+b%26c&ids=1&ids=2",
    headers: { "content-type": "application/json", "x-source": "sluice o-1", "x-count": "2" },
    body: '{"id":"o-1","count":2}',
  });
});

test("bodies go out as JSON, form or text; GET has none", async () => {
  const post = { method: "POST", url: "https://x" };
  expect(await sent({ ...post, bodyType: "form", body: { a: "1 2", b: [1, 2] } })).toMatchObject({
    body: "a=1+2&b=1&b=2",
    headers: { "content-type": "application/x-www-form-urlencoded" },
  });
  expect(await sent({ ...post, bodyType: "text", body: "plain" })).toMatchObject({
    body: "plain",
    headers: { "content-type": "text/plain; charset=utf-8" },
  });
  expect(await sent({ ...post, body: "quoted" })).toMatchObject({ body: '"quoted"' });
  expect(await sent({ ...post, headers: { "Content-Type": "application/vnd.api+json" }, body: {} })).toMatchObject({
    headers: { "content-type": "application/vnd.api+json" },
  });
  expect(await sent({ ...get, body: { a: 1 } })).toMatchObject({ body: null, headers: {} });
  expect(await sent(post)).toMatchObject({ body: null });
});

test("hands on the parsed body, or all of the answer", async () => {
  const respond = () => answer(201, { id: 7 }, { "x-a": "b" });
  expect((await runNode("http-request", get, { respond })).result).toEqual({ port: "out", output: { id: 7 } });
  expect((await runNode("http-request", { ...get, output: "full" }, { respond })).result.output).toEqual({
    status: 201,
    headers: { "content-type": "application/json", "x-a": "b" },
    body: { id: 7 },
  });
});

test.each([
  ["application/problem+json; charset=utf-8", '{"a":1}', { a: 1 }],
  ["text/html", "<p>", "<p>"],
  ["application/json", "{broken", "{broken"],
  ["application/json", "", null],
  ["application/json", "null", null],
])("a body of type %s, %j, is read as %j", async (type, body, expected) => {
  const { result } = await runNode("http-request", get, { respond: () => ({ ...answer(200, null, { "content-type": type }), body }) });
  expect(result.output).toEqual(expected);
});

test.each<[number, Record<string, string>, string, boolean, number | undefined]>([
  [429, {}, "throttled", false, undefined],
  [429, { "retry-after": "7" }, "throttled", false, 7_000],
  [503, { "retry-after": "120" }, "throttled", false, 120_000],
  // Relative to the remote's own clock, which is an hour ahead of ours.
  [503, { "retry-after": "Sat, 31 Jan 2026 10:31:00 GMT", date: "Sat, 31 Jan 2026 10:30:00 GMT" }, "throttled", false, 60_000],
  [429, { "retry-after": "Sat, 31 Jan 2026 09:29:00 GMT" }, "throttled", false, 0],
  [403, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "30" }, "throttled", false, 30_000],
  [503, {}, "unavailable", false, undefined],
  [502, {}, "unavailable", true, undefined],
  [504, {}, "unavailable", true, undefined],
  [500, {}, "transient", true, undefined],
  [520, {}, "transient", true, undefined],
  [408, {}, "transient", true, undefined],
  [425, {}, "transient", false, undefined],
  [409, {}, "conflict", false, undefined],
  [401, {}, "auth", false, undefined],
  [400, {}, "permanent", false, undefined],
  [403, {}, "permanent", false, undefined],
  [404, {}, "permanent", false, undefined],
  [410, {}, "permanent", false, undefined],
  [422, {}, "permanent", false, undefined],
  [501, {}, "permanent", false, undefined],
  [302, {}, "permanent", true, undefined],
])("%i %j is %s", async (status, headers, failureClass, mayHaveApplied, retryAfterMs) => {
  const failure = await failureOf(runNode("http-request", get, { respond: () => answer(status, { error: "x" }, headers) }));
  expect(failure).toMatchObject({ failureClass, code: `http_${status}`, mayHaveApplied, retryAfterMs, response: { status } });
});

test("a list of statuses, or a condition, says what success is", async () => {
  const withSuccess = (success: string | number[]) => ({ ...get, expect: { success } });
  const run = (success: string | number[], status: number, body: JsonObject = {}) =>
    runNode("http-request", withSuccess(success), { respond: () => answer(status, body) });
  expect((await run([200, 404], 404, { none: true })).result.output).toEqual({ none: true });
  expect(await failureOf(run([201], 200))).toMatchObject({ failureClass: "permanent", code: "unexpected_response", mayHaveApplied: true });
  const condition = "response.status < 300 && response.body.ok";
  expect((await run(condition, 200, { ok: true })).result.port).toBe("out");
  expect(await failureOf(run(condition, 200, { ok: false }))).toMatchObject({ code: "unexpected_response" });
  expect(await failureOf(run(condition, 503, { ok: false }))).toMatchObject({ failureClass: "unavailable" });
});

test("a condition that cannot be worked out is told as such, unless the answer failed anyway", async () => {
  const config = { ...get, expect: { success: "response.body.ok" } };
  const run = (status: number, body: JsonObject) => failureOf(runNode("http-request", config, { respond: () => answer(status, body) }));
  expect(await run(200, {})).toMatchObject({ failureClass: "output_invalid", code: "expect_failed", mayHaveApplied: true });
  expect(await run(200, { ok: "yes" })).toMatchObject({ failureClass: "output_invalid" });
  expect(await run(500, {})).toMatchObject({ failureClass: "transient" });
});

test("what people edit into the frozen input is checked before it is sent", async () => {
  const edited = (input: JsonObject) => failureOf(runNode("http-request", get, { input, respond: () => answer(200) }));
  const base = { method: "GET", url: "https://x" };
  expect(await edited({ ...base, url: "file:///etc/passwd" })).toMatchObject({ failureClass: "validation", code: "url_invalid" });
  expect(await edited({ ...base, url: "nonsense" })).toMatchObject({ code: "url_invalid" });
  expect(await edited({ ...base, method: "GET /" })).toMatchObject({ code: "method_invalid" });
  expect(await edited({ ...base, headers: { Host: "evil" } })).toMatchObject({ code: "header_invalid" });
  expect(await edited({ ...base, headers: { A: "x\r\nB: y" } })).toMatchObject({ code: "header_invalid" });
  expect(await edited({ ...base, method: "POST", bodyType: "form", body: [1] })).toMatchObject({ code: "body_invalid" });
});

test("a line break that an expression brings into a header is refused", async () => {
  const config = { ...get, headers: { "X-A": "{{ trigger.body.a }}" } };
  const failure = await failureOf(runNode("http-request", config, { body: { a: "x\r\nHost: evil" }, respond: () => answer(200) }));
  expect(failure).toMatchObject({ failureClass: "validation", code: "header_invalid", mayHaveApplied: false });
});

test("an expression that fails stops the step before anything is sent", async () => {
  const run = runNode("http-request", { url: "https://x/{{ trigger.body.id }}" }, { body: {} });
  await expect(run).rejects.toBeInstanceOf(ExpressionError);
});

test("failures of the network pass through", async () => {
  const failure = await failureOf(runNode("http-request", get));
  expect(failure.code).toBe("no_remote");
});

test.each([
  ["GET", "read"],
  ["HEAD", "read"],
  ["PUT", "natural"],
  ["DELETE", "natural"],
  ["POST", "unsafe"],
  ["PATCH", "unsafe"],
] as const)("%s is %s", (method, effect) => {
  expect(httpRequest.effect(httpRequest.config.parse({ method, url: "https://x" }))).toBe(effect);
});

test("a repeated DELETE that finds nothing has succeeded; not the first one, another method, or against a condition of its author's", async () => {
  const status = async (config: JsonObject, code: number, mayBeDone?: true) => {
    const call = runNode(
      "http-request",
      { ...get, method: "DELETE", ...config },
      { respond: () => answer(code), ...(mayBeDone && { mayBeDone }) },
    );
    return call.then(
      ({ result }) => result.port,
      (error: unknown) => (error instanceof Error && "code" in error ? error.code : error),
    );
  };
  expect([await status({}, 404, true), await status({}, 410, true)]).toEqual(["out", "out"]);
  expect(await status({}, 404)).toBe("http_404");
  expect(await status({}, 403, true)).toBe("http_403");
  expect(await status({ method: "PUT" }, 404, true)).toBe("http_404");
  expect(await status({ expect: { success: [204] } }, 404, true)).toBe("http_404");
});
