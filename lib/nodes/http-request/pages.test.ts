import { expect, test } from "vitest";
import { loadRunner } from "#lib/nodes/registry.runners.ts";
import type { OutboundResponse } from "#lib/nodes/runner.ts";
import { answer, configOf, contextOf, failureOf } from "#lib/nodes/test-context.ts";
import type { JsonObject, JsonValue } from "#lib/shared/json.ts";

/** Runs the node until it has all, as the engine does, and gives what it gave and the addresses it asked. */
async function readAll(pagination: JsonObject, respond: (url: URL) => OutboundResponse, change: JsonObject = {}) {
  const config = configOf("http-request", { url: "https://api.test/items", pagination, ...change });
  const runner = await loadRunner("http-request");
  const asked: string[] = [];
  const input: JsonValue = { method: "GET", url: "https://api.test/items", query: { q: "a" }, headers: {} };
  let progress: JsonValue | undefined;
  for (;;) {
    const context = contextOf({
      respond: (request) => {
        asked.push(request.url);
        return respond(new URL(request.url));
      },
    });
    const outcome = await runner.run({ config, input, context: progress === undefined ? context : { ...context, progress } });
    if (!("port" in outcome)) throw new Error("no result");
    if (!outcome.more) return { output: outcome.output, asked };
    progress = JSON.parse(JSON.stringify(outcome.output));
  }
}

const body = (items: JsonValue, more: JsonObject = {}) => answer(200, { items, ...more });

test("pages are followed by the Link header, to the same origin only", async () => {
  const links: Record<string, string> = { "": '</items?p=2&q=a>; rel="next", </items?p=9>; rel="last"', "2": '</items>; rel="prev"' };
  const { output, asked } = await readAll({ mode: "next-link" }, (url) => {
    const p = url.searchParams.get("p") ?? "";
    return answer(200, [`page ${p || 1}`], { link: links[p] ?? "" });
  });
  expect(output).toEqual(["page 1", "page 2"]);
  expect(asked).toEqual(["https://api.test/items?q=a", "https://api.test/items?p=2&q=a"]);
  const elsewhere = readAll({ mode: "next-link" }, () => answer(200, [], { link: '<https://evil.test/>; rel="next"' }));
  expect(await failureOf(elsewhere)).toMatchObject({ code: "next_link_elsewhere" });
});

test("pages are followed by an address in the body, relative or whole, until it is empty", async () => {
  const { output } = await readAll({ mode: "next-link", next: "response.body.next", items: "response.body.items" }, (url) =>
    url.searchParams.has("after") ? body([2], { next: null }) : body([1], { next: "?after=1" }),
  );
  expect(output).toEqual([1, 2]);
});

test("a cursor is handed back as a query parameter", async () => {
  const { output, asked } = await readAll(
    { mode: "cursor", cursor: "response.body.next", parameter: "after", items: "response.body.items" },
    (url) => (url.searchParams.get("after") === "c1" ? body([2], { next: "" }) : body([1], { next: "c1" })),
  );
  expect(output).toEqual([1, 2]);
  expect(asked.at(-1)).toBe("https://api.test/items?q=a&after=c1");
});

test("page numbers go on until a page is empty, offsets until one is short", async () => {
  const byPage = await readAll({ mode: "page", first: 0 }, (url) => answer(200, Number(url.searchParams.get("page")) < 2 ? ["x"] : []));
  expect(byPage.asked.map((url) => new URL(url).searchParams.get("page"))).toEqual(["0", "1", "2"]);
  const byOffset = await readAll({ mode: "offset", limit: 2 }, (url) => answer(200, url.searchParams.get("offset") === "0" ? [1, 2] : [3]));
  expect(byOffset.output).toEqual([1, 2, 3]);
});

test("a stop condition ends it, and `full` tells how many pages there were", async () => {
  const pagination = { mode: "page", until: "response.body[0] == 2" };
  const { output } = await readAll(pagination, (url) => answer(200, [Number(url.searchParams.get("page"))]), { output: "full" });
  expect(output).toEqual({ pages: 2, items: [1, 2] });
});

test.each([
  ["more pages than allowed", { mode: "page", maxPages: 3 }, () => answer(200, [1]), "too_many_pages"],
  ["pages that are too large together", { mode: "page" }, () => answer(200, ["x".repeat(3_000_000)]), "pages_too_large"],
  ["a cursor that comes again", { mode: "cursor", cursor: "'same'" }, () => answer(200, [1]), "page_repeats"],
  ["items that are no list", { mode: "page" }, () => answer(200, { a: 1 }), "items_not_list"],
  ["an expression that fails", { mode: "page", items: "response.body.a.b" }, () => answer(200, [1]), "page_expression"],
] as const)("%s fail the step: nothing is cut off", async (_, pagination, respond, code) => {
  expect(await failureOf(readAll({ ...pagination }, respond))).toMatchObject({ failureClass: "permanent", code });
});

test("as many pages as allowed, the last of them the end, are fine", async () => {
  const { output } = await readAll({ mode: "page", maxPages: 3 }, (url) => answer(200, url.searchParams.get("page") === "3" ? [] : [1]));
  expect(output).toEqual([1, 1]);
});

test("only what may be repeated is read in pages", () => {
  expect(() => configOf("http-request", { method: "POST", url: "https://x.test", pagination: { mode: "page" } })).toThrow(
    /only the pages of a GET/,
  );
});
