import { type NodeContext, NodeError, type NodeResult, type OutboundRequest } from "#lib/nodes/runner.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "#lib/shared/json.ts";
import type { PagedBy } from "./pagination.ts";

/** All pages together, as their bodies came. */
const maxLength = 8_000_000;

/** What the pages read so far gave; kept with the step, so that a failure on page 7 is a failure of page 7 alone. */
interface Progress {
  /** The frozen input they were read with. A redrive with another begins anew. */
  of: string;
  pages: number;
  items: JsonValue[];
  length: number;
  /** The address, cursor or number of the next page. */
  next: string | number;
}

export interface PageAnswer {
  status: number;
  headers: Record<string, string>;
  body: JsonValue;
}

/** The progress of a step, when it was made with this input. */
export function progressOf(context: NodeContext, input: JsonValue): Progress | null {
  const { progress } = context;
  if (!isJsonObject(progress ?? null) || (progress as JsonObject).of !== JSON.stringify(input)) return null;
  return progress as unknown as Progress; // safe: only `afterPage` makes one, and `of` tells it from any other output
}

/** The request of the next page, of the one that was configured. */
export function pageRequest(request: OutboundRequest, by: PagedBy, progress: Progress | null): OutboundRequest {
  if (by.mode === "next-link") return progress === null ? request : { ...request, url: String(progress.next) };
  const value = progress === null ? firstOf(by) : progress.next;
  if (value === null) return request;
  const url = new URL(request.url);
  url.searchParams.set(by.parameter, String(value));
  return { ...request, url: url.href };
}

/** Adds a page: either the whole list, or how to go on. Throws NodeError rather than leave anything out. */
export function afterPage(page: {
  by: PagedBy;
  input: JsonValue;
  request: OutboundRequest;
  answer: PageAnswer;
  length: number;
  progress: Progress | null;
  context: NodeContext;
}): { items: JsonValue[]; pages: number } | { more: JsonObject } {
  const { by, progress, answer, context } = page;
  const cel = (source: string) => evaluateOver(context, source, answer);
  const own = by.items === undefined ? answer.body : cel(by.items);
  if (!Array.isArray(own)) throw invalid("items_not_list", "the items of the page are not a list");
  const items = [...(progress?.items ?? []), ...own];
  const pages = (progress?.pages ?? 0) + 1;
  const length = (progress?.length ?? 0) + page.length;
  if (length > maxLength) throw invalid("pages_too_large", `the pages hold more than ${maxLength} characters: ask for less`);
  const over = by.until !== undefined && requireBoolean(cel(by.until));
  const next = over ? null : nextOf(page, own, cel);
  if (next === null) return { items, pages };
  if (pages >= by.maxPages)
    throw invalid("too_many_pages", `there are more than ${by.maxPages} pages: raise the limit, or ask for less; nothing was cut off`);
  if (next === progress?.next) throw invalid("page_repeats", "the remote names the page it has just given as the next one");
  return { more: { of: JSON.stringify(page.input), pages, items, length, next } };
}

function firstOf(by: Exclude<PagedBy, { mode: "next-link" }>): number | null {
  if (by.mode === "cursor") return null;
  return by.mode === "page" ? by.first : 0;
}

function nextOf(
  page: { by: PagedBy; request: OutboundRequest; answer: PageAnswer; progress: Progress | null },
  own: JsonValue[],
  cel: (source: string) => JsonValue,
): string | number | null {
  const { by, progress } = page;
  switch (by.mode) {
    case "next-link":
      return nextAddress(page.request.url, by.next === undefined ? linkHeader(page.answer.headers.link) : cel(by.next));
    case "cursor":
      return cursorText(cel(by.cursor));
    case "page":
      return own.length === 0 ? null : Number(progress?.next ?? by.first) + 1;
    case "offset":
      return own.length < by.limit ? null : Number(progress?.next ?? 0) + own.length;
  }
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

function evaluateOver(context: NodeContext, source: string, answer: PageAnswer): JsonValue {
  try {
    return context.evaluate.cel(source, { response: { ...answer } });
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

/** A page's end as the engine takes it. */
export function resultOf(page: ReturnType<typeof afterPage>, output: "body" | "full"): NodeResult {
  if ("more" in page) return { port: "out", output: page.more, more: true };
  return { port: "out", output: output === "full" ? { pages: page.pages, items: page.items } : page.items };
}
