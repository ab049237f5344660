import * as z from "zod";
import { emailSchema, passwordSchema, personNameSchema } from "../users/schemas.ts";

export const setUpSchema = z.strictObject({
  token: z.string().min(1).max(200),
  name: personNameSchema,
  email: emailSchema,
  password: passwordSchema,
});
export type SetUpInput = z.output<typeof setUpSchema>;
