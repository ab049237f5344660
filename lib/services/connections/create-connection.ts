import type { ConnectionView } from "#lib/shared/api-types.ts";
import { AppError } from "#lib/shared/errors.ts";
import { newId } from "#lib/shared/ids.ts";
import { recordAudit } from "../audit.ts";
import type { ContextWith } from "../context.ts";
import { authorize } from "../permissions.ts";
import { inTransaction, isUniqueViolation } from "../transaction.ts";
import { requireTokenFields } from "./oauth-fields.ts";
import { putSecrets } from "./put-secrets.ts";
import { readConnection } from "./read-connection.ts";
import type { CreateConnectionInput } from "./schemas.ts";

/** Makes a connection. Its secrets are sealed at once and never come back. */
export async function createConnection({
  ctx,
  input,
}: {
  ctx: ContextWith<"secrets">;
  input: CreateConnectionInput;
}): Promise<ConnectionView> {
  authorize(ctx.actor, "connections:write");
  const id = newId();
  const { name, kind, baseUrl, allowedHosts, healthPath } = input;
  if (kind === "oauth2") requireTokenFields(input.fields, { baseUrl, allowedHosts });
  try {
    await inTransaction(ctx, async (transaction) => {
      const texts = { fields: JSON.stringify(input.fields), limits: JSON.stringify(input.limits) };
      await transaction.connection.create({
        data: { id, workspaceId: ctx.workspaceId, name, kind, baseUrl, allowedHosts, healthPath, ...texts },
      });
      await putSecrets(transaction, ctx, { connectionId: id, kind, secrets: input.secrets, keepOldForMs: 0 });
      const details = { name, kind, baseUrl, allowedHosts, secrets: Object.keys(input.secrets) };
      await recordAudit(transaction, ctx, { action: "connection.created", entityType: "connection", entityId: id, details });
    });
  } catch (thrown) {
    if (isUniqueViolation(thrown)) throw nameTaken(name, thrown);
    throw thrown;
  }
  return readConnection(ctx, id);
}

/** Two connections of one name could not be told apart. */
export function nameTaken(name: string, cause: unknown): AppError {
  const problems = [{ path: "name", message: "is taken" }];
  return new AppError("conflict", `there is a connection named ${name} already`, { cause, problems });
}
