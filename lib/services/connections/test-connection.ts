import { NodeError } from "#lib/nodes/runner.ts";
import type { ConnectionTest } from "#lib/shared/api-types.ts";
import { credentialHeaders } from "#lib/shared/credentials.ts";
import { AppError } from "#lib/shared/errors.ts";
import type { Renewal } from "#lib/shared/oauth2.ts";
import { recordAudit } from "../audit.ts";
import type { ContextWith } from "../context.ts";
import { readJsonObject } from "../json-column.ts";
import { authorize } from "../permissions.ts";
import { inTransaction } from "../transaction.ts";
import { releaseWaiting } from "./isolation.ts";
import type { TestConnectionInput } from "./schemas.ts";
import { tokensOf } from "./tokens.ts";

const timeoutMs = 10_000;
/** Nothing of the body is used. */
const maxBytes = 1_048_576;

interface Target {
  id: string;
  kind: string;
  baseUrl: string | null;
  fields: string;
}

/** Tries a connection with one GET and keeps how it went. The answer's body is not shown: this is no way to read through it. */
export async function testConnection({
  ctx,
  input,
}: {
  ctx: ContextWith<"secrets" | "outbound">;
  input: TestConnectionInput;
}): Promise<ConnectionTest> {
  authorize(ctx.actor, "connections:write");
  const row = await ctx.db.prisma.connection.findFirst({ where: { id: input.id, workspaceId: ctx.workspaceId } });
  if (row === null) throw new AppError("not_found", "there is no such connection");
  if (row.baseUrl === null) return { ok: false, status: null, message: "there is nothing to try: this connection has no base URL" };
  const result = await attempt(ctx, row, new URL(input.path ?? row.healthPath ?? "", row.baseUrl));
  await inTransaction(ctx, async (transaction) => {
    const status = row.status === "isolated" ? "isolated" : result.ok ? "ok" : "failing";
    const authFailedAt = result.ok ? { authFailedAt: null } : {};
    await transaction.connection.update({ where: { id: row.id }, data: { status, ...authFailedAt, lastTestedAt: new Date(ctx.now()) } });
    const details = { ok: result.ok, status: result.status };
    await recordAudit(transaction, ctx, { action: "connection.tested", entityType: "connection", entityId: row.id, details });
    if (result.ok) await releaseWaiting(transaction, ctx, row.id);
  });
  return result;
}

async function attempt(ctx: ContextWith<"secrets" | "outbound">, row: Target, url: URL): Promise<ConnectionTest> {
  try {
    return row.kind === "oauth2" ? await tryToken(ctx, row, url) : judge((await call(ctx, row, url)).status);
  } catch (thrown) {
    if (thrown instanceof NodeError) return { ok: false, status: null, message: thrown.message };
    if (thrown instanceof AppError && thrown.code !== "not_found") return { ok: false, status: null, message: thrown.message };
    throw thrown;
  }
}

async function call(ctx: ContextWith<"secrets" | "outbound">, row: Target, url: URL): Promise<{ status: number; version: string }> {
  const { workspaceId, actor } = ctx;
  const { values, version } = await ctx.secrets.credential({ actor, workspaceId, connectionId: row.id, host: url.host });
  const headers = credentialHeaders(row.kind, readJsonObject(row.fields), values);
  const options = { signal: AbortSignal.timeout(timeoutMs), timeoutMs, followRedirects: "none" as const, maxBytes };
  const { status } = await ctx.outbound.send({ method: "GET", url: url.href, headers, body: null }, options);
  return { status, version };
}

/** As a run does it: a token is fetched where none is stored that holds, and once more where the remote refuses the stored one. */
async function tryToken(ctx: ContextWith<"secrets" | "outbound">, row: Target, url: URL): Promise<ConnectionTest> {
  const owner = { workspaceId: ctx.workspaceId, connectionId: row.id, tokenUrl: String(readJsonObject(row.fields).tokenUrl ?? "") };
  const tokens = tokensOf(ctx, maxBytes);
  const first = await tokens.ready(owner, ctx.actor);
  if (first.next !== "ready") return withoutToken(first);
  const stored = await call(ctx, row, url);
  if (stored.status !== 401) return judge(stored.status);
  const second = await tokens.renew(owner, ctx.actor, stored.version);
  return second.next === "ready" ? judge((await call(ctx, row, url)).status) : withoutToken(second);
}

function withoutToken(renewal: Exclude<Renewal, { next: "ready" }>): ConnectionTest {
  const message = renewal.next === "refused" ? `no token was granted: ${renewal.message}` : "the token endpoint gives no token just now";
  return { ok: false, status: null, message };
}

/** Whether the remote took the credential: a 404 at its root says it did, only a refusal says it did not. */
function judge(status: number): ConnectionTest {
  if (status === 401 || status === 403 || status === 407)
    return { ok: false, status, message: `it answered ${status}: the credential was refused` };
  if (status >= 500) return { ok: false, status, message: `it answered ${status}: it has a fault of its own just now` };
  return { ok: true, status, message: `it answered ${status}` };
}
