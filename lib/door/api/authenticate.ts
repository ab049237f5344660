import type { Context } from "hono";
import type { Db } from "#lib/db/db.ts";
import { findUserActor, type Identity } from "#lib/services/session/index.ts";
import { findTokenActor } from "#lib/services/tokens/index.ts";
import { AppError } from "#lib/shared/errors.ts";
import type { Auth } from "../auth/auth.ts";
import { headersFor } from "../auth/routes.ts";
import { findSession } from "../auth/session-store.ts";
import { clientAddress } from "../client-address.ts";
import { addressKey, Limit } from "./limits.ts";

/** Wrong tokens from one address; right ones are not counted. */
const failureRule = { name: "unauthenticated", limit: 300, perMs: 60_000 };

/** Says who makes a request: a bearer token, or a person with a session cookie. */
export class Authenticator {
  readonly #db: Db;
  readonly #auth: Auth;
  readonly #failures = new Limit(failureRule);

  constructor({ db, auth }: { db: Db; auth: Auth }) {
    this.#db = db;
    this.#auth = auth;
  }

  /** Throws `unauthenticated` when nobody is. A token that is given and wrong is never made up for by a cookie. */
  async require(c: Context): Promise<Identity> {
    const address = addressKey(clientAddress(c));
    await this.#failures.check(address);
    const identity = await this.identify(c);
    if (identity !== null) return identity;
    if (c.req.header("authorization") !== undefined) await this.#failures.take(address);
    throw new AppError("unauthenticated", "sign in, or send an API token as Authorization: Bearer slc_…");
  }

  /** The same without the refusal. */
  async identify(c: Context): Promise<Identity | null> {
    const authorization = c.req.header("authorization");
    if (authorization !== undefined) {
      const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
      return token === undefined ? null : findTokenActor({ db: this.#db, token });
    }
    const session = await findSession(this.#auth, headersFor(c));
    if (session === null) return null;
    for (const cookie of session.setCookies) c.header("set-cookie", cookie, { append: true });
    return findUserActor({ db: this.#db, userId: session.userId });
  }
}
