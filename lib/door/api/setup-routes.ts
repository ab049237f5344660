import { Hono } from "hono";
import type { Db } from "#lib/db/db.ts";
import { isSetupNeeded, setUp, setUpSchema } from "#lib/services/setup/index.ts";
import { AppError } from "#lib/shared/errors.ts";
import type { Auth } from "../auth/auth.ts";
import { headersFor } from "../auth/routes.ts";
import { clientAddress } from "../client-address.ts";
import { addressKey, Limit } from "./limits.ts";
import { readJsonBody } from "./read-body.ts";

const limitRule = { name: "setup", limit: 20, perMs: 60_000 };
const maxBytes = 8_192;

/** The two calls that need nobody to be signed in, because nobody has an account yet. */
export function setupRoutes({ db, auth }: { db: Db; auth: Auth }): Hono {
  const limit = new Limit(limitRule);
  const app = new Hono();

  app.get("/setup", async (c) => c.json({ needed: await isSetupNeeded({ db }) }));

  app.post("/setup", async (c) => {
    await limit.take(addressKey(clientAddress(c)));
    const input = setUpSchema.parse(await readJsonBody(c, maxBytes));
    const { userId } = await setUp({ db, now: Date.now, requestId: c.res.headers.get("x-request-id") ?? "", input });
    const body = { email: input.email, password: input.password, rememberMe: true };
    const signedIn = await auth.api.signInEmail({ body, headers: headersFor(c), asResponse: true });
    if (!signedIn.ok) throw new AppError("unavailable", "the account was made, but signing in did not work; sign in by hand");
    for (const cookie of signedIn.headers.getSetCookie()) c.header("set-cookie", cookie, { append: true });
    return c.json({ userId }, 201);
  });

  return app;
}
