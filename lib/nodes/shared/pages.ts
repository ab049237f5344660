import { type Evaluate, NodeError, type OutboundRequest } from "#lib/nodes/runner.ts";
import type { JsonValue } from "#lib/shared/json.ts";
import type { Answer } from "./answer.ts";
import type { PagedBy } from "./pagination.ts";

/** The address, cursor or number of the next page; null: the first is to be asked for, or there is none. */
export type NextPage = string | number | null;

/** The request of a page, of the one that was configured. */
export function pageRequest(request: OutboundRequest, by: PagedBy, at: NextPage): OutboundRequest {
  if (by.mode === "next-link") return at === null ? request : { ...request, url: String(at) };
  const value = at ?? firstOf(by);
  if (value === null) return request;
  const url = new URL(request.url);
  url.searchParams.set(by.parameter, String(value));
  return { ...request, url: url.href };
}

/** The items of one answer. Throws NodeError when they are not a list. */
export function itemsOf(answer: Answer, items: string | undefined, evaluate: Evaluate): JsonValue[] {
  const own = items === undefined ? answer.body : evaluateOver(evaluate, items, answer);
  if (!Array.isArray(own)) throw invalid("items_not_list", "the items of the page are not a list");
  return own;
}

/** Where the page after this one is; null: this was the last. */
export function nextPage(page: {
  by: PagedBy;
  /** Of this page. */
  request: OutboundRequest;
  at: NextPage;
  answer: Answer;
  items: readonly JsonValue[];
  evaluate: Evaluate;
}): NextPage {
  const { by, at, answer, items } = page;
  const cel = (source: string) => evaluateOver(page.evaluate, source, answer);
  if (by.until !== undefined && requireBoolean(cel(by.until))) return null;
  const next = nextOf(page, by, items.length, cel);
  if (next !== null && next === at) throw invalid("page_repeats", "the remote names the page it has just given as the next one");
  return next;
}

function nextOf(
  page: { request: OutboundRequest; at: NextPage; answer: Answer },
  by: PagedBy,
  count: number,
  cel: (source: string) => JsonValue,
): NextPage {
  switch (by.mode) {
    case "next-link":
      return nextAddress(page.request.url, by.next === undefined ? linkHeader(page.answer.headers.link) : cel(by.next));
    case "cursor":
      return cursorText(cel(by.cursor));
    case "page":
      return count === 0 ? null : Number(page.at ?? by.first) + 1;
    case "offset":
      return count < by.limit ? null : Number(page.at ?? 0) + count;
  }
}

function firstOf(by: Exclude<PagedBy, { mode: "next-link" }>): number | null {
  if (by.mode === "cursor") return null;
  return by.mode === "page" ? by.first : 0;
}

/** Never another origin: what the request carries is meant for this one. */
function nextAddress(from: string, given: JsonValue): string | null {
  if (given === null || given === "") return null;
  const url = typeof given === "string" ? URL.parse(given, from) : null;
  if (url === null) throw invalid("next_link_invalid", "the address of the next page is not valid");
  if (url.origin !== new URL(from).origin)
    throw invalid("next_link_elsewhere", `the next page is at ${url.host}, another place than ${new URL(from).host}: it is not asked`);
  return url.href;
}

function cursorText(given: JsonValue): string | number | null {
  if (given === null || given === "" || given === false) return null;
  if (typeof given === "string" || typeof given === "number") return given;
  throw invalid("cursor_invalid", "the cursor must be a text or a number");
}

/** The target of rel=next of a Link header (RFC 8288), null when there is none. */
function linkHeader(header: string | undefined): string | null {
  for (const [, target, parameters] of (header ?? "").matchAll(/<([^>]*)>((?:\s*;\s*[^,;]+(?:"[^"]*")?)*)/g)) {
    if (/;\s*rel\s*=\s*"?(?:[^"]*\s)?next(?:\s[^"]*)?"?(?:\s*;|\s*$)/i.test(parameters ?? "")) return target ?? null;
  }
  return null;
}

/** A value out of an answer. Throws NodeError when it cannot be worked out. */
export function evaluateOver(evaluate: Evaluate, source: string, answer: Answer): JsonValue {
  try {
    return evaluate.cel(source, { response: { ...answer } });
  } catch (error) {
    throw invalid("page_expression", `${source} could not be worked out: ${error instanceof Error ? error.message : "no reason is known"}`);
  }
}

function requireBoolean(value: JsonValue): boolean {
  if (typeof value === "boolean") return value;
  throw invalid("until_invalid", "the stop condition is neither true nor false");
}

function invalid(code: string, message: string): NodeError {
  return new NodeError("permanent", code, message);
}
