import { hkdfSync } from "node:crypto";
import { prismaAdapter } from "better-auth/adapters/prisma";
import { betterAuth } from "better-auth/minimal";
import type { Db } from "#lib/db/db.ts";
import { hashPassword, passwordLength, verifyPassword } from "#lib/services/users/index.ts";
import { newId } from "#lib/shared/ids.ts";
import { createLogger } from "#lib/telemetry/logger.ts";

export interface AuthOptions {
  db: Db;
  baseUrl: string;
  /** The instance's key: what signs the cookies is derived from it. */
  secretKey: Uint8Array;
}

const idleSeconds = 12 * 3_600;
/** How stale the end of a session may be: not every request writes it. */
const refreshSeconds = 600;

/** Set by the door from the socket, never taken from a client. */
export const clientAddressHeader = "x-sluice-client-address";

const logger = createLogger({ name: "auth" });

/**
 * better-auth's core: e-mail and password, sessions in the database, no plugins. Only the handful of calls in routes.ts are
 * mounted, behind our own limits and cross-site defence; accounts are made by the set-up, members and the command line alone.
 * A session's cookie is signed with a key that is not in the database, so a copy of the table opens no session.
 */
export function createAuth({ db, baseUrl, secretKey }: AuthOptions) {
  const https = baseUrl.startsWith("https://");
  const attributes = { secure: https, httpOnly: true, sameSite: "lax" as const, path: "/" };
  return betterAuth({
    appName: "Sluice",
    baseURL: baseUrl,
    basePath: "/api/auth",
    secret: Buffer.from(hkdfSync("sha256", secretKey, "", "sluice session cookies", 32)).toString("base64url"),
    database: prismaAdapter(db.prisma, { provider: "postgresql", transaction: true }),
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: passwordLength.min,
      maxPasswordLength: passwordLength.max,
      password: { hash: hashPassword, verify: verifyPassword },
    },
    user: { modelName: "authUser" },
    account: { modelName: "authAccount", accountLinking: { enabled: false } },
    verification: { modelName: "authVerification" },
    session: { modelName: "authSession", expiresIn: idleSeconds, updateAge: refreshSeconds, cookieCache: { enabled: false } },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    advanced: {
      database: { generateId: () => newId() },
      useSecureCookies: false, // its prefix would be __Secure-; __Host- below is stricter, and `secure` is set there
      defaultCookieAttributes: attributes,
      cookiePrefix: "sluice",
      cookies: { session_token: { name: https ? "__Host-sluice_session" : "sluice_session" } },
      ipAddress: { ipAddressHeaders: [clientAddressHeader], ipv6Subnet: 64 },
    },
    logger: { level: "error", log: (level, message) => logger[level === "error" ? "error" : "warn"](message) },
  });
}

export type Auth = ReturnType<typeof createAuth>;
