import { type Context, Hono } from "hono";
import * as z from "zod";
import { emailSchema, passwordLength, passwordSchema } from "#lib/services/users/index.ts";
import { AppError } from "#lib/shared/errors.ts";
import { addressKey, Limit } from "../api/limits.ts";
import { readJsonBody } from "../api/read-body.ts";
import { clientAddress } from "../client-address.ts";
import { type Auth, clientAddressHeader } from "./auth.ts";

/** Guessing is slowed down per account and per address; a proxy in front makes many people one address. */
export const signInLimits = {
  account: { name: "sign-in", limit: 10, perMs: 60_000 },
  address: { name: "sign-in-address", limit: 120, perMs: 60_000 },
} as const;

const maxBytes = 8_192;

const signInSchema = z.object({
  email: z.string().max(1_000),
  password: z.string().max(passwordLength.max),
  rememberMe: z.boolean().default(true),
});

const changePasswordSchema = z.strictObject({ currentPassword: z.string().max(passwordLength.max), newPassword: passwordSchema });

/** The calls of better-auth that are open to the outside, to be mounted at /api/auth. Everything else it can do answers 404. */
export function authRoutes(auth: Auth): Hono {
  const accounts = new Limit(signInLimits.account);
  const addresses = new Limit(signInLimits.address);
  const app = new Hono();

  app.post("/sign-in/email", async (c) => {
    await addresses.take(addressKey(clientAddress(c)));
    const { password, rememberMe, ...given } = signInSchema.parse(await readJsonBody(c, maxBytes));
    const email = emailSchema.safeParse(given.email);
    // Counted before it is known whether it is right, or tries sent at once would all pass.
    const account = email.success ? email.data : given.email.toLowerCase();
    await accounts.take(account);
    if (!email.success) throw wrongCredentials();
    const answer = await auth.api.signInEmail({
      body: { email: email.data, password, rememberMe },
      headers: headersFor(c),
      asResponse: true,
    });
    if (answer.status === 400 || answer.status === 401) throw wrongCredentials();
    if (!answer.ok) throw new AppError("unavailable", "signing in does not work right now; try again");
    await accounts.clear(account);
    return passCookies(c, answer.headers);
  });

  app.post("/sign-out", async (c) => {
    const answer = await auth.api.signOut({ headers: headersFor(c), asResponse: true });
    return passCookies(c, answer.headers);
  });

  app.post("/change-password", async (c) => {
    await addresses.take(addressKey(clientAddress(c)));
    const body = changePasswordSchema.parse(await readJsonBody(c, maxBytes));
    const answer = await auth.api.changePassword({
      body: { ...body, revokeOtherSessions: true },
      headers: headersFor(c),
      asResponse: true,
    });
    if (answer.status === 401) throw new AppError("unauthenticated", "sign in first");
    if (!answer.ok) {
      throw new AppError("invalid_input", "the current password is wrong", {
        problems: [{ path: "currentPassword", message: "is wrong" }],
      });
    }
    return passCookies(c, answer.headers);
  });

  return app;
}

function wrongCredentials(): AppError {
  return new AppError("unauthenticated", "E-mail or password is wrong.");
}

/** What better-auth may see of a request: the cookie, the browser's name, and the true address. */
export function headersFor(c: Context): Headers {
  const headers = new Headers({ [clientAddressHeader]: clientAddress(c) });
  for (const name of ["cookie", "user-agent"]) {
    const value = c.req.header(name);
    if (value !== undefined) headers.set(name, value.slice(0, 8_192));
  }
  return headers;
}

/** The cookies alone: better-auth's body holds the session's token, which no script needs. */
function passCookies(c: Context, from: Headers): Response {
  for (const cookie of from.getSetCookie()) c.header("set-cookie", cookie, { append: true });
  return c.body(null, 204);
}
