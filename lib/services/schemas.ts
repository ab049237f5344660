import * as z from "zod";
import { type BulkOrder, bulkOrders } from "#lib/shared/bulk-order.ts";

/** Pieces of input schemas that all entities share. Objects made of them are strict: an unknown field is refused by name. */

export const idSchema = z.uuid().toLowerCase();

/** The one path parameter most routes have. */
export const byIdSchema = z.strictObject({ id: idSchema });

export const nameSchema = z.string().trim().min(1).max(120);

export const reasonSchema = z.string().trim().max(500);

/** Of a bulk act: which items come first. */
export const orderSchema = z.enum(bulkOrders).default("oldest");
/** The same in SQL, by what grows with time. */
export const orderDirections = { oldest: "ASC", newest: "DESC" } as const satisfies Record<BulkOrder, string>;

/** Query fields of every list. */
export const pageFields = {
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
};

/** A field that may be given several times or as a comma list, in a query string. */
export function listOf<Item extends z.ZodType<unknown, string>>(item: Item) {
  return z
    .string()
    .max(2_000)
    .transform((text) => text.split(",").map((part) => part.trim()))
    .transform((parts) => parts.filter((part) => part !== ""))
    .pipe(z.array(item).max(50));
}

export const timeSchema = z.iso.datetime({ offset: true });

export const searchSchema = z.string().trim().min(1).max(200);
