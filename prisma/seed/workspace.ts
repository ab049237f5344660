import type { Db } from "#lib/db/db.ts";
import { Intake } from "#lib/engine/ledger/intake.ts";
import { createEgressPolicy } from "#lib/outbound/egress-policy.ts";
import { Outbound } from "#lib/outbound/outbound.ts";
import { CallbackLinks } from "#lib/secrets/callback-links.ts";
import { Secrets } from "#lib/secrets/secrets.ts";
import type { Capabilities, Context } from "#lib/services/context.ts";
import { inTransaction } from "#lib/services/transaction.ts";
import { ensureWorkspace } from "#lib/services/users/index.ts";
import { parseSettings } from "#lib/shared/settings.ts";
import { loadSecretKey } from "../../bin/secret-key.ts";

export type SeedContext = Context & Capabilities;

/** The services' context for the instance's workspace, which is made if there is none: whoever sets the instance up later owns it. */
export async function openWorkspace(db: Db, baseUrl: string): Promise<SeedContext> {
  const key = Buffer.from(await loadSecretKey(parseSettings(process.env)), "base64");
  return openWorkspaceWith(db, baseUrl, key);
}

/** The same for a database of its own, with a key of its own. */
export async function openWorkspaceWith(db: Db, baseUrl: string, key: Buffer): Promise<SeedContext> {
  const { workspaceId } = await inTransaction({ db }, ensureWorkspace);
  return {
    actor: { type: "system", job: "seed" },
    workspaceId,
    db,
    now: Date.now,
    requestId: "seed",
    baseUrl,
    retentionDays: 30,
    intake: new Intake({ pool: db.pool }),
    secrets: new Secrets({ pool: db.pool, key }),
    links: new CallbackLinks({ secretKey: key, baseUrl }),
    outbound: new Outbound({ policy: createEgressPolicy({ allow: [], door: null }) }),
    mail: null,
  };
}
