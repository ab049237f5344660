import * as z from "zod";
import { roles } from "../permissions.ts";
import { emailSchema, passwordSchema, personNameSchema } from "../users/schemas.ts";

const roleSchema = z.enum(roles);

export const addMemberSchema = z.strictObject({
  email: emailSchema,
  name: personNameSchema.optional(),
  role: roleSchema,
  /** Of a new account; a person who has one keeps theirs. */
  password: passwordSchema.optional(),
});
export type AddMemberInput = z.output<typeof addMemberSchema>;

export const changeRoleSchema = z.strictObject({ role: roleSchema });
export const memberParamsSchema = z.strictObject({ userId: z.string().min(1).max(64) });
export type ChangeRoleInput = z.output<typeof changeRoleSchema> & z.output<typeof memberParamsSchema>;
