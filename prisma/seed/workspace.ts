import type { Db } from "#lib/db/db.ts";
import { Intake } from "#lib/engine/ledger/intake.ts";
import { createEgressPolicy } from "#lib/outbound/egress-policy.ts";
import { Outbound } from "#lib/outbound/outbound.ts";
import { Secrets } from "#lib/secrets/secrets.ts";
import type { Capabilities, Context } from "#lib/services/context.ts";
import { AppError } from "#lib/shared/errors.ts";
import { parseSettings } from "#lib/shared/settings.ts";
import { loadSecretKey } from "../../bin/secret-key.ts";

export type SeedContext = Context & Capabilities;

/** The services' context for the instance's first workspace. Throws `conflict` while nobody has set the instance up. */
export async function openWorkspace(db: Db, baseUrl: string): Promise<SeedContext> {
  const owner = await db.prisma.member.findFirst({ where: { role: "owner" }, orderBy: { createdAt: "asc" } });
  if (owner === null)
    throw new AppError("conflict", "this instance has no account yet: open the set-up link that `npm start` prints first");
  const key = Buffer.from(await loadSecretKey(parseSettings(process.env)), "base64");
  return {
    actor: { type: "system", job: "seed" },
    workspaceId: owner.workspaceId,
    db,
    now: Date.now,
    requestId: "seed",
    baseUrl,
    intake: new Intake({ pool: db.pool }),
    secrets: new Secrets({ pool: db.pool, key }),
    outbound: new Outbound({ policy: createEgressPolicy({ allow: [], door: null }) }),
  };
}
