import type { Db } from "#lib/db/db.ts";
import type { Intake } from "#lib/engine/ledger/intake.ts";
import type { SendMail } from "#lib/outbound/mail.ts";
import type { Outbound } from "#lib/outbound/outbound.ts";
import type { CallbackLinks } from "#lib/secrets/callback-links.ts";
import type { Secrets } from "#lib/secrets/secrets.ts";
import type { Clock } from "#lib/shared/clock.ts";
import type { Actor } from "./permissions.ts";

/** What every service verb gets besides its input. Everything it reads or writes belongs to `workspaceId`. */
export interface Context {
  actor: Actor;
  workspaceId: string;
  db: Db;
  now: Clock;
  requestId: string;
}

/** What some verbs need besides; a process makes each once. */
export interface Capabilities {
  /** The instance's own address, without a trailing slash. */
  baseUrl: string;
  /** After so many days runs are removed. */
  retentionDays: number;
  intake: Pick<Intake, "accept">;
  secrets: Secrets;
  links: Pick<CallbackLinks, "url">;
  outbound: Pick<Outbound, "send">;
  /** Null where SMTP_URL is not set. */
  mail: SendMail | null;
}

/** A context with the capabilities a verb names: `ContextWith<"intake">`. */
export type ContextWith<Name extends keyof Capabilities> = Context & Pick<Capabilities, Name>;
