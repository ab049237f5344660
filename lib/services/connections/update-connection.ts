import { bucketId } from "#lib/policies/throttle-buckets.ts";
import { mayReceiveCredential } from "#lib/secrets/allowed-hosts.ts";
import type { ConnectionView } from "#lib/shared/api-types.ts";
import { AppError } from "#lib/shared/errors.ts";
import { recordAudit } from "../audit.ts";
import type { ContextWith } from "../context.ts";
import { readJsonObject } from "../json-column.ts";
import { authorize } from "../permissions.ts";
import { inTransaction, isUniqueViolation, type Transaction } from "../transaction.ts";
import { nameTaken } from "./create-connection.ts";
import { releaseWaiting, statusAfter } from "./isolation.ts";
import { refuseNewTokenUrl, requireTokenFields } from "./oauth-fields.ts";
import { putSecrets } from "./put-secrets.ts";
import { readConnection } from "./read-connection.ts";
import type { UpdateConnectionInput } from "./schemas.ts";

interface Hosts {
  baseUrl: string | null;
  allowedHosts: string[];
}

/** Changes a connection. A stored secret cannot be sent on its way to a new host: to name one, enter the secret again. */
export async function updateConnection({
  ctx,
  input,
}: {
  ctx: ContextWith<"secrets">;
  input: UpdateConnectionInput;
}): Promise<ConnectionView> {
  authorize(ctx.actor, "connections:write");
  try {
    await inTransaction(ctx, (transaction) => change(transaction, ctx, input));
  } catch (thrown) {
    if (isUniqueViolation(thrown)) throw nameTaken(input.name ?? "", thrown);
    throw thrown;
  }
  return readConnection(ctx, input.id);
}

async function change(transaction: Transaction, ctx: ContextWith<"secrets">, input: UpdateConnectionInput): Promise<void> {
  const { id, secrets, isolated, fields, limits, ...plain } = input;
  await transaction.$queryRaw`SELECT id FROM connection WHERE id = ${id}::uuid AND workspace_id = ${ctx.workspaceId}::uuid FOR UPDATE`;
  const before = await transaction.connection.findFirst({ where: { id, workspaceId: ctx.workspaceId }, include: { secrets: true } });
  if (before === null) throw new AppError("not_found", "there is no such connection");
  const after = {
    baseUrl: plain.baseUrl === undefined ? before.baseUrl : plain.baseUrl,
    allowedHosts: plain.allowedHosts ?? before.allowedHosts,
  };
  const entered = Object.keys(secrets ?? {});
  // A fetched token goes with the first secret that is entered anew.
  const kept = before.secrets.filter(({ field }) => !entered.includes(field) && !(field === "accessToken" && entered.length > 0));
  if (kept.length > 0) refuseNewHosts(before, after);
  if (before.kind === "oauth2") {
    const fieldsBefore = readJsonObject(before.fields);
    requireTokenFields(fields ?? fieldsBefore, after);
    if (kept.length > 0) refuseNewTokenUrl(fieldsBefore, fields ?? fieldsBefore);
  }
  const given = Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== undefined));
  await transaction.connection.update({
    where: { id },
    data: {
      ...given,
      ...(fields === undefined ? {} : { fields: JSON.stringify(fields) }),
      ...(limits === undefined ? {} : { limits: JSON.stringify(limits) }),
      ...statusAfter(before, { isolated, replaced: secrets !== undefined && Object.keys(secrets).length > 0 }),
      updatedAt: new Date(ctx.now()),
    },
  });
  if (secrets !== undefined) await putSecrets(transaction, ctx, { connectionId: id, kind: before.kind, secrets, keepOldForMs: 0 });
  const changed = Object.keys(input).filter((key) => key !== "id");
  const details = { changed, baseUrl: plain.baseUrl ?? null, allowedHosts: plain.allowedHosts ?? null };
  await recordAudit(transaction, ctx, { action: "connection.updated", entityType: "connection", entityId: id, details });
  // Who waits was told its time by the old limits.
  if (limits !== undefined) {
    const bucket = bucketId(ctx.workspaceId, "connection", id);
    const pool = bucketId(ctx.workspaceId, "connection-pool", id);
    await transaction.$queryRaw`SELECT throttle_recall(${bucket}::uuid)::text, throttle_recall(${pool}::uuid)::text`;
  }
  if (isolated !== undefined || secrets !== undefined) await releaseWaiting(transaction, ctx, id);
}

function refuseNewHosts(before: Hosts, after: Hosts): void {
  const fresh = after.allowedHosts.filter((host) => !before.allowedHosts.includes(host) && !mayReceiveCredential(before, host));
  const base = after.baseUrl === null ? null : new URL(after.baseUrl);
  const problems = fresh.map((host) => ({ path: "allowedHosts", message: `enter the secret again to allow ${host}` }));
  const oldBase = before.baseUrl === null ? null : new URL(before.baseUrl);
  // From https to http on the same host would show the secret to the network.
  const weaker = base?.protocol === "http:" && oldBase?.protocol === "https:";
  if (base !== null && (weaker || !mayReceiveCredential(before, base.host))) {
    problems.push({ path: "baseUrl", message: `enter the secret again to send it to ${base.origin}` });
  }
  if (problems.length > 0) throw new AppError("invalid_input", problems[0]?.message ?? "enter the secret again", { problems });
}
