import { AppError } from "#lib/shared/errors.ts";
import { newId } from "#lib/shared/ids.ts";
import type { SandboxTargetView } from "#lib/shared/sandbox-types.ts";
import { recordAudit } from "../audit.ts";
import type { ContextWith } from "../context.ts";
import { authorize } from "../permissions.ts";
import { inTransaction } from "../transaction.ts";
import type { PutSandboxTargetInput } from "./schemas.ts";
import { readTarget } from "./view.ts";

/** Makes a sandbox target, or sets anew what one does. Its ledger stays; failures and windows are counted from now on. */
export async function putSandboxTarget({
  ctx,
  input,
}: {
  ctx: ContextWith<"baseUrl">;
  input: PutSandboxTargetInput;
}): Promise<SandboxTargetView> {
  authorize(ctx.actor, "sandbox:write");
  const { name, kind, ...settings } = input;
  await inTransaction(ctx, async (transaction) => {
    const [row] = await transaction.$queryRaw<{ id: string }[]>`
      INSERT INTO sandbox_target (id, workspace_id, name, kind, settings)
      VALUES (${newId()}::uuid, ${ctx.workspaceId}::uuid, ${name}, ${kind}, ${JSON.stringify(settings)})
      ON CONFLICT (name) DO UPDATE
      SET kind = excluded.kind, settings = excluded.settings, configured_at_call = sandbox_target.calls, recent_ms = '{}', updated_at = now()
      WHERE sandbox_target.workspace_id = excluded.workspace_id
      RETURNING id`;
    if (row === undefined) throw new AppError("conflict", `the name ${name} is taken: choose another one`);
    await recordAudit(transaction, ctx, {
      action: "sandbox-target.put",
      entityType: "sandbox-target",
      entityId: row.id,
      details: { name, kind },
    });
  });
  return readTarget(ctx, name);
}
