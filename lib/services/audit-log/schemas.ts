import * as z from "zod";
import { pageFields } from "../schemas.ts";

export const listAuditLogSchema = z.strictObject({
  ...pageFields,
  action: z.string().max(100).optional(),
  entityType: z.string().max(100).optional(),
  entityId: z.string().max(100).optional(),
});
export type ListAuditLogInput = z.output<typeof listAuditLogSchema>;
