import { createHash, randomBytes } from "node:crypto";
import type { ContextWith } from "../context.ts";

/** What a new webhook's row holds of its address: enough to find it, to show it to those who may see it, and to ask about its runs. */
export interface WebhookAddress {
  token: string;
  tokenHash: Uint8Array<ArrayBuffer>;
  statusSecret: string;
}

/**
 * Makes the address of a webhook. Its token is the capability to start runs: 32 characters that are safe in a URL, 192 random
 * bits. The database finds it by its hash and holds it sealed, for display.
 */
export async function makeWebhookAddress(ctx: ContextWith<"secrets">, triggerId: string): Promise<WebhookAddress> {
  const token = randomBytes(24).toString("base64url");
  return {
    token: await ctx.secrets.sealText({ workspaceId: ctx.workspaceId, owner: tokenOwner(triggerId), text: token }),
    tokenHash: new Uint8Array(createHash("sha256").update(token).digest()),
    statusSecret: randomBytes(24).toString("base64url"),
  };
}

/** Opens the token of a webhook's row, to show its address. */
export function openWebhookToken(ctx: ContextWith<"secrets">, triggerId: string, sealed: string): Promise<string> {
  return ctx.secrets.openText({ workspaceId: ctx.workspaceId, owner: tokenOwner(triggerId), sealed });
}

function tokenOwner(triggerId: string): string {
  return `workflow_trigger|${triggerId}|token`;
}
