import * as z from "zod";

const overResponse = (label: string, help: string, placeholder: string) =>
  z
    .string()
    .min(1)
    .max(20_000)
    .meta({ label, help, placeholder, widget: "code", expression: "cel", names: ["response"] });

const parameter = (fallback: string) => z.string().min(1).max(200).default(fallback).meta({ label: "Query parameter", widget: "text" });

/** What all ways of going through pages have, the same for every node type that does. */
const until = overResponse("Stop when", "True on the last page wanted.", "response.body.items.size() == 0").optional();

/** How the next page is asked for, and with it what a node type adds to every way. */
function modes<Common extends z.ZodRawShape>(common: Common) {
  return z.discriminatedUnion("mode", [
    z.strictObject({ mode: z.literal("none") }).meta({ label: "One answer" }),
    z
      .strictObject({
        mode: z.literal("next-link"),
        next: overResponse("Next address", "Left out: the Link header with rel=next.", "response.body.next").optional(),
        ...common,
        until,
      })
      .meta({ label: "Link to the next page" }),
    z
      .strictObject({
        mode: z.literal("cursor"),
        cursor: overResponse("Next cursor", "Empty on the last page.", "response.body.nextCursor"),
        parameter: parameter("cursor"),
        ...common,
        until,
      })
      .meta({ label: "Cursor" }),
    z
      .strictObject({
        mode: z.literal("page"),
        parameter: parameter("page"),
        first: z.int().min(0).max(1_000_000).default(1).meta({ label: "First page", widget: "number" }),
        ...common,
        until,
      })
      .meta({ label: "Page number" }),
    z
      .strictObject({
        mode: z.literal("offset"),
        parameter: parameter("offset"),
        limit: z
          .int()
          .min(1)
          .max(100_000)
          .meta({ label: "Items a page", help: "A page with fewer is the last. Ask for as many in the query.", widget: "number" }),
        ...common,
        until,
      })
      .meta({ label: "Offset" }),
  ]);
}

const maxPages = (fallback: number, label: string, help: string) =>
  z.int().min(1).max(1_000).default(fallback).meta({ label, help, widget: "number" });

/** How an answer that comes in pages is read to its end. */
export const paginationSchema = modes({
  items: overResponse("Items", "The list in one answer. Left out: the body, which must be a list.", "response.body.items").optional(),
  maxPages: maxPages(100, "At most pages", "More fail the step: nothing is cut off unseen."),
})
  .default({ mode: "none" })
  .meta({ label: "Pages", help: "Whether the answer comes in pages, and how the next is asked for. All their items become one list." });

/** The same for a trigger that polls, which takes each page by itself. */
export const polledPagesSchema = modes({
  maxPages: maxPages(20, "Pages in one go", "What they gave is stored, then the next are read at once: nothing is cut off."),
})
  .default({ mode: "none" })
  .meta({ label: "Pages", help: "Whether the answer comes in pages, and how the next is asked for." });

type Paged = z.output<typeof paginationSchema> | z.output<typeof polledPagesSchema>;

/** A way of going through pages. */
export type PagedBy = Exclude<Paged, { mode: "none" }>;
