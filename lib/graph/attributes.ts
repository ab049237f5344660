import * as z from "zod";

export const attributeTypes = ["text", "number", "boolean", "time"] as const;
export type AttributeType = (typeof attributeTypes)[number];

/** As it stands in a filter: `customer:42`. */
export const attributeNameSchema = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_.-]{0,62}$/, "1–63 letters, digits and _ . -, beginning with a letter or _");

export const maxAttributes = 20;

/** By what runs are found besides what is known of every run (`settings.attributes`); worked out when an event is accepted. */
export const attributesSchema = z
  .array(
    z.strictObject({
      name: attributeNameSchema,
      type: z.enum(attributeTypes),
      /** A template over `trigger`. */
      value: z.string().min(1).max(2_000),
    }),
  )
  .max(maxAttributes, `at most ${maxAttributes} attributes`);

export type AttributeRule = z.infer<typeof attributesSchema>[number];
