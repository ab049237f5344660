import { expect, test } from "vitest";
import { createEvaluate } from "#lib/expressions/evaluate.ts";
import { scopeOf } from "#lib/expressions/test-scope.ts";
import { loadRunner } from "#lib/nodes/registry.runners.ts";
import type { OutboundRequest, OutboundResponse, PagePlace, PolledPage } from "#lib/nodes/runner.ts";
import { answer, configOf, failureOf, runNode } from "#lib/nodes/test-context.ts";
import type { JsonObject } from "#lib/shared/json.ts";
import { poll } from "./definition.ts";

const config = {
  request: { url: "https://api.test/orders", query: { since: "{{ cursor }}", limit: "2" } },
  items: "response.body.orders",
  itemKey: "{{ item.id }}",
  cursor: { from: "item", value: "item.at" },
  pagination: { mode: "next-link", next: "response.body.next" },
};
const first: PagePlace = { request: null, cursor: null, next: null };
const orders = answer(200, {
  orders: [
    { id: 1, at: "2026-01-01" },
    { id: 2, at: "2026-01-02" },
  ],
  next: "/orders?page=2",
});

async function read(at: PagePlace, change: JsonObject = {}, respond: (request: OutboundRequest) => OutboundResponse = () => orders) {
  const asked: OutboundRequest[] = [];
  const runner = await loadRunner("poll");
  const outbound = async (request: OutboundRequest) => {
    asked.push(request);
    return respond(request);
  };
  const evaluate = createEvaluate(scopeOf(null));
  const page: PolledPage | undefined = await runner.readPage?.({
    config: configOf("poll", { ...config, ...change }),
    at,
    context: { now: Date.parse("2026-01-31T09:30:00Z"), evaluate, outbound },
  });
  if (!page) throw new Error("no page");
  return { page, urls: asked.map(({ url }) => url) };
}

test("a page gives its items with their keys and cursors, and where the next is", async () => {
  const { page, urls } = await read(first);
  expect(urls).toEqual(["https://api.test/orders?limit=2"]);
  expect(page).toMatchObject({
    items: [
      { item: { id: 1 }, key: 1, cursor: "2026-01-01" },
      { item: { id: 2 }, key: 2, cursor: "2026-01-02" },
    ],
    cursor: null,
    next: "https://api.test/orders?page=2",
  });
});

test("later pages are asked for with the request of the first", async () => {
  const { page } = await read({ ...first, cursor: "2026-01-01" });
  const last = () => answer(200, { orders: [], next: null });
  expect((await read({ request: page.request, cursor: null, next: page.next }, {}, last)).urls).toEqual(["https://api.test/orders?page=2"]);
  expect((await read({ ...first, request: page.request })).urls).toEqual(["https://api.test/orders?since=2026-01-01&limit=2"]);
});

test("a cursor may be of the answer, or none", async () => {
  expect((await read(first, { cursor: { from: "response", value: "response.body.next" } })).page.cursor).toBe("/orders?page=2");
  expect((await read(first, { cursor: { from: "none" } })).page.items[0]?.cursor).toBeNull();
});

test.each<[string, JsonObject, OutboundResponse, string]>([
  ["an answer that is no success", {}, answer(503, {}), "http_503"],
  ["items that are no list", {}, answer(200, { orders: {} }), "items_not_list"],
  ["an item without what its key is made of", { itemKey: "{{ item.nothing }}" }, orders, "item_key"],
  ["an item without what its cursor is made of", { cursor: { from: "item", value: "item.nothing" } }, orders, "item_cursor"],
  ["a request that cannot be worked out", { request: { url: "https://api.test/{{ cursor.nothing }}" } }, orders, "request"],
])("%s fails the poll", async (_, change, response, code) => {
  expect(await failureOf(read(first, change, () => response))).toMatchObject({ code });
});

test("a run sees the item, and hands it on", async () => {
  const scope = { ...scopeOf(null), trigger: { item: { id: 1 } } };
  expect((await runNode("poll", config, { scope })).result).toEqual({ port: "out", output: { item: { id: 1 } } });
});

test("a key that is the same for every item is refused", () => {
  expect(poll.config.safeParse({ ...config, itemKey: "id" }).error?.issues[0]?.message).toContain("{{ item.id }}");
});
