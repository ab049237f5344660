import type { SandboxTargetView } from "#lib/shared/sandbox-types.ts";
import type { ContextWith } from "../context.ts";
import { authorize } from "../permissions.ts";
import { readTarget } from "./view.ts";

/** One sandbox target. */
export async function getSandboxTarget({
  ctx,
  input,
}: {
  ctx: ContextWith<"baseUrl">;
  input: { name: string };
}): Promise<SandboxTargetView> {
  authorize(ctx.actor, "sandbox:read");
  return readTarget(ctx, input.name);
}
