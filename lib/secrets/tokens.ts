import type pg from "pg";
import { statement } from "#lib/db/statement.ts";
import { AppError } from "#lib/shared/errors.ts";
import { type Renewal, readTokenAnswer, type TokenAnswer, type TokenRequest, tokenRequest } from "#lib/shared/oauth2.ts";
import type { OpenCredential, SecretReader, Secrets } from "./secrets.ts";

const takeLease = statement(new URL("./sql/take-refresh-lease.sql", import.meta.url));
const endRefresh = statement(new URL("./sql/end-refresh.sql", import.meta.url));
const putTokens = statement(new URL("./sql/put-tokens.sql", import.meta.url));

/** Sends a call to a token endpoint. Rejects with anything when there is no answer. */
export type SendTokenRequest = (request: TokenRequest, options: { timeoutMs: number }) => Promise<{ status: number; body: string }>;

interface Owner {
  workspaceId: string;
  connectionId: string;
  tokenUrl: string;
}

interface Lease {
  fence: number;
  /** Whoever had the lease before let it lapse, and may still come back with a token. */
  taken_over: boolean;
  access_version: number;
  refresh_version: number;
}

const askMs = 10_000;
/** The call, and a margin for what comes after it. */
const leaseMs = 30_000;
/** A token endpoint that does not answer is left alone for so long. */
const pauseMs = 5_000;
const busyMs = 250;
const maxLooks = 3;
/** So long before a token ends the next one is fetched. */
const aheadMs = 60_000;

/**
 * OAuth2 tokens of connections, shared by all workers through the database. One worker at a time renews one, under a lease
 * and with no transaction open; the others find the new one. A token that was granted is stored even by one whose lease has lapsed, for where refresh
 * tokens rotate it is the only one that holds; unless another, or a person's new secret, was stored first.
 */
export class Tokens {
  readonly #pool: pg.Pool;
  readonly #secrets: Secrets;
  readonly #send: SendTokenRequest;
  readonly #running = new Map<string, Promise<Renewal>>();

  constructor(options: { pool: pg.Pool; secrets: Secrets; send: SendTokenRequest }) {
    this.#pool = options.pool;
    this.#secrets = options.secrets;
    this.#send = options.send;
  }

  /** Sees to it that there is a token that holds. One about to end is renewed beside the work, in time. */
  async ready(owner: Owner, actor: SecretReader): Promise<Renewal> {
    for (let look = 0; look < maxLooks; look++) {
      const credential = await this.#read(owner, actor);
      if (credential.values.accessToken !== undefined) {
        // Best effort: the token still holds, and whoever comes when it does not any more will wait for the next.
        if (credential.endsInMs !== null && credential.endsInMs < aheadMs) {
          this.renew(owner, actor, credential.version).catch(() => undefined);
        }
        return { next: "ready" };
      }
      const renewal = await this.renew(owner, actor, credential.version);
      if (renewal.next !== "ready") return renewal;
      // Ready may also mean that the secrets were entered anew meanwhile, and that no token has been fetched with them.
    }
    return { next: "wait", afterMs: busyMs };
  }

  /** Replaces a credential by a newer one, unless that has happened already. Rejects when the database cannot be reached. */
  renew(owner: Owner, actor: SecretReader, used: string): Promise<Renewal> {
    const running = this.#running.get(owner.connectionId);
    if (running) return running;
    const renewal = this.#renew(owner, actor, used).finally(() => this.#running.delete(owner.connectionId));
    this.#running.set(owner.connectionId, renewal);
    return renewal;
  }

  async #renew(owner: Owner, actor: SecretReader, used: string): Promise<Renewal> {
    const values = [owner.connectionId, owner.workspaceId, used, leaseMs];
    const { rows } = await this.#pool.query<Lease>({ ...takeLease, values });
    const lease = rows[0];
    if (!lease) return (await this.#replaced(owner, used)) ? { next: "ready" } : { next: "wait", afterMs: busyMs };
    this.#secrets.forget(owner);
    const credential = await this.#read(owner, actor);
    const answer = await this.#ask(credential);
    if (answer.next === "granted") {
      await this.#store(owner, lease, used, answer);
      return { next: "ready" };
    }
    const refused = answer.next === "refused";
    await this.#pool.query({ ...endRefresh, values: [owner.connectionId, lease.fence, refused ? 0 : pauseMs] });
    // Somebody else may have used up the refresh token: the one that came for it holds, and is stored or about to be.
    if (await this.#replaced(owner, used)) return { next: "ready" };
    if (refused && !lease.taken_over) return { next: "refused", credential: credential.version, message: answer.message };
    return { next: "wait", afterMs: refused ? busyMs : pauseMs };
  }

  async #ask(credential: OpenCredential): Promise<TokenAnswer> {
    try {
      const answer = await this.#send(tokenRequest(credential.plain, credential.values), { timeoutMs: askMs });
      return readTokenAnswer(answer.status, answer.body);
    } catch {
      return { next: "unavailable", message: "the token endpoint did not answer" };
    }
  }

  async #store(owner: Owner, lease: Lease, used: string, granted: Extract<TokenAnswer, { next: "granted" }>): Promise<void> {
    const tokens = [{ field: "accessToken", version: lease.access_version + 1, value: granted.accessToken, livesMs: granted.expiresInMs }];
    if (granted.refreshToken !== null) {
      tokens.push({ field: "refreshToken", version: lease.refresh_version + 1, value: granted.refreshToken, livesMs: null });
    }
    const { workspaceId, connectionId } = owner;
    const sealed = await Promise.all(tokens.map(({ field, version, value }) => this.#secrets.seal({ ...owner, field, version, value })));
    const values = [
      connectionId,
      workspaceId,
      used,
      tokens.map((token) => token.field),
      tokens.map((token) => token.version),
      sealed,
      tokens.map(() => "••••"),
      tokens.map((token) => token.livesMs),
    ];
    await this.#pool.query({ ...putTokens, values });
    this.#secrets.forget(owner);
  }

  async #replaced(owner: Owner, used: string): Promise<boolean> {
    return (await this.#secrets.storedVersion(owner)) !== used;
  }

  #read(owner: Owner, actor: SecretReader): Promise<OpenCredential> {
    const host = URL.parse(owner.tokenUrl)?.host;
    if (host === undefined) throw new AppError("invalid_input", "the connection's token URL is not an address");
    return this.#secrets.credential({ actor, workspaceId: owner.workspaceId, connectionId: owner.connectionId, host });
  }
}
