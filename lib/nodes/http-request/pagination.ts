import * as z from "zod";

const overResponse = (label: string, help: string, placeholder: string) =>
  z
    .string()
    .min(1)
    .max(20_000)
    .meta({ label, help, placeholder, widget: "code", expression: "cel", names: ["response"] });

const parameter = (fallback: string) => z.string().min(1).max(200).default(fallback).meta({ label: "Query parameter", widget: "text" });

/** What all ways of going through pages have. */
const common = {
  items: overResponse("Items", "The list in one answer. Left out: the body, which must be a list.", "response.body.items").optional(),
  until: overResponse("Stop when", "True on the last page wanted.", "response.body.items.size() == 0").optional(),
  maxPages: z
    .int()
    .min(1)
    .max(1_000)
    .default(100)
    .meta({ label: "At most pages", help: "More fail the step: nothing is cut off unseen.", widget: "number" }),
};

/** How an answer that comes in pages is read to its end. */
export const paginationSchema = z
  .discriminatedUnion("mode", [
    z.strictObject({ mode: z.literal("none") }).meta({ label: "One answer" }),
    z
      .strictObject({
        mode: z.literal("next-link"),
        next: overResponse("Next address", "Left out: the Link header with rel=next.", "response.body.next").optional(),
        ...common,
      })
      .meta({ label: "Link to the next page" }),
    z
      .strictObject({
        mode: z.literal("cursor"),
        cursor: overResponse("Next cursor", "Empty on the last page.", "response.body.nextCursor"),
        parameter: parameter("cursor"),
        ...common,
      })
      .meta({ label: "Cursor" }),
    z
      .strictObject({
        mode: z.literal("page"),
        parameter: parameter("page"),
        first: z.int().min(0).max(1_000_000).default(1).meta({ label: "First page", widget: "number" }),
        ...common,
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
      })
      .meta({ label: "Offset" }),
  ])
  .default({ mode: "none" })
  .meta({ label: "Pages", help: "Whether the answer comes in pages, and how the next is asked for. All their items become one list." });

export type Pagination = z.output<typeof paginationSchema>;
export type PagedBy = Exclude<Pagination, { mode: "none" }>;
