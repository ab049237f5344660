import type { Page } from "#lib/shared/api-types.ts";
import type { SandboxTargetView } from "#lib/shared/sandbox-types.ts";
import type { ContextWith } from "../context.ts";
import { authorize } from "../permissions.ts";
import { readTargets } from "./view.ts";

/** Lists the sandbox targets by name: they are made by hand, so one page is enough. */
export async function listSandboxTargets({ ctx }: { ctx: ContextWith<"baseUrl"> }): Promise<Page<SandboxTargetView>> {
  authorize(ctx.actor, "sandbox:read");
  return { items: await readTargets(ctx, null), nextCursor: null };
}
