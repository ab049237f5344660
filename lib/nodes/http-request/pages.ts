import { type NodeContext, NodeError, type NodeResult, type OutboundRequest } from "#lib/nodes/runner.ts";
import type { Answer } from "#lib/nodes/shared/answer.ts";
import { itemsOf, nextPage, pageRequest } from "#lib/nodes/shared/pages.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "#lib/shared/json.ts";
import type { PagedBy } from "./definition.ts";

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

/** The progress of a step, when it was made with this input. */
export function progressOf(context: NodeContext, input: JsonValue): Progress | null {
  const { progress } = context;
  if (!isJsonObject(progress ?? null) || (progress as JsonObject).of !== JSON.stringify(input)) return null;
  return progress as unknown as Progress; // safe: only `afterPage` makes one, and `of` tells it from any other output
}

/** The request of the page that comes now. */
export function requestAfter(request: OutboundRequest, by: PagedBy, progress: Progress | null): OutboundRequest {
  return pageRequest(request, by, progress?.next ?? null);
}

/** Adds a page: either the whole list, or how to go on. Throws NodeError rather than leave anything out. */
export function afterPage(page: {
  by: PagedBy;
  input: JsonValue;
  request: OutboundRequest;
  answer: Answer;
  length: number;
  progress: Progress | null;
  context: NodeContext;
}): { items: JsonValue[]; pages: number } | { more: JsonObject } {
  const { by, request, progress, answer } = page;
  const { evaluate } = page.context;
  const own = itemsOf(answer, by.items, evaluate);
  const items = [...(progress?.items ?? []), ...own];
  const pages = (progress?.pages ?? 0) + 1;
  const length = (progress?.length ?? 0) + page.length;
  if (length > maxLength) throw invalid("pages_too_large", `the pages hold more than ${maxLength} characters: ask for less`);
  const next = nextPage({ by, request, at: progress?.next ?? null, answer, items: own, evaluate });
  if (next === null) return { items, pages };
  if (pages >= by.maxPages)
    throw invalid("too_many_pages", `there are more than ${by.maxPages} pages: raise the limit, or ask for less; nothing was cut off`);
  return { more: { of: JSON.stringify(page.input), pages, items, length, next } };
}

function invalid(code: string, message: string): NodeError {
  return new NodeError("permanent", code, message);
}

/** A page's end as the engine takes it. */
export function resultOf(page: ReturnType<typeof afterPage>, output: "body" | "full"): NodeResult {
  if ("more" in page) return { port: "out", output: page.more, more: true };
  return { port: "out", output: output === "full" ? { pages: page.pages, items: page.items } : page.items };
}
