import * as z from "zod";
import { savedViewScreens } from "#lib/shared/saved-view-types.ts";
import { nameSchema } from "../schemas.ts";

const screenSchema = z.enum(savedViewScreens);

/** As it stands in an address behind the question mark. */
const filtersSchema = z
  .string()
  .max(4_000)
  .regex(/^[^?#\s]*$/, "is what stands behind the ? of an address");

export const listSavedViewsSchema = z.strictObject({ screen: screenSchema });
export type ListSavedViewsInput = z.output<typeof listSavedViewsSchema>;

export const createSavedViewSchema = z.strictObject({
  screen: screenSchema,
  name: nameSchema,
  search: filtersSchema,
  /** For everybody in the workspace. */
  shared: z.boolean().default(false),
});
export type CreateSavedViewInput = z.output<typeof createSavedViewSchema>;

export const changeSavedViewSchema = z.strictObject({
  name: nameSchema.optional(),
  search: filtersSchema.optional(),
  shared: z.boolean().optional(),
});
export type ChangeSavedViewInput = z.output<typeof changeSavedViewSchema> & { id: string };
