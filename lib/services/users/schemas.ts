import * as z from "zod";
import { passwordLength } from "./password.ts";

/** Plain ASCII addresses only, lower-cased: what a mail header may hold without being read as something else. */
export const emailSchema = z
  .string()
  .trim()
  .toLowerCase()
  .max(254)
  .regex(/^[\x21-\x7e]+$/, "must be a plain e-mail address")
  .pipe(z.email("must be an e-mail address"));

export const passwordSchema = z
  .string()
  .min(passwordLength.min, `must have at least ${passwordLength.min} characters`)
  .max(passwordLength.max, `must have at most ${passwordLength.max} characters`);

export const personNameSchema = z.string().trim().min(1).max(120);
