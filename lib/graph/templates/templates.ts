import type { TemplateView } from "#lib/shared/api-types.ts";
import { deployGuard } from "./deploy-guard.ts";
import { nightlySync } from "./nightly-sync.ts";
import { webhookToApi } from "./webhook-to-api.ts";

/** The ready-made workflows, in the order they are offered. */
export const templates: TemplateView[] = [deployGuard, webhookToApi, nightlySync];
