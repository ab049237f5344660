import { randomBytes } from "node:crypto";
import type { TestDb } from "#lib/db/testing.ts";
import { Intake } from "#lib/engine/ledger/intake.ts";
import { RunListener } from "#lib/engine/ledger/run-listener.ts";
import { createTestOutbound } from "#lib/outbound/testing.ts";
import { CallbackLinks } from "#lib/secrets/callback-links.ts";
import { Secrets } from "#lib/secrets/secrets.ts";
import type { Role } from "#lib/services/permissions.ts";
import { createTestUser } from "#lib/services/testing.ts";
import { hashPassword } from "#lib/services/users/index.ts";
import { newId } from "#lib/shared/ids.ts";
import { createDoor, type DoorDependencies } from "./app.ts";

export const testBaseUrl = "http://localhost:3000";
export const testPassword = "a good long password";

export interface TestDoor {
  app: ReturnType<typeof createDoor>;
  /** Sends a request to the door; a body that is not a string goes as JSON. */
  send(path: string, options?: SendOptions): Promise<Response>;
  /** Signs a person in as a browser does and gives the cookie. */
  signIn(email: string, password?: string): Promise<string>;
  secrets: Secrets;
  links: CallbackLinks;
  shutdown: AbortController;
  close(): Promise<void>;
}

export interface SendOptions {
  method?: string;
  headers?: Record<string, string>;
  body?: unknown;
}

/** The whole door on a test database, without a socket in front. */
export async function createTestDoor(test: TestDb, options: Partial<DoorDependencies> = {}): Promise<TestDoor> {
  const { pool } = test.db;
  const shutdown = new AbortController();
  const listener = new RunListener({ pool, url: test.url });
  await listener.start();
  const key = randomBytes(32);
  const secrets = new Secrets({ pool, key });
  const links = new CallbackLinks({ secretKey: key, baseUrl: testBaseUrl });
  const door = createDoor({
    db: test.db,
    settings: { baseUrl: testBaseUrl, maxBodyBytes: 1_048_576, retentionDays: 30 },
    secretKey: key,
    intake: new Intake({ pool }),
    listener,
    secrets,
    links,
    outbound: createTestOutbound([]),
    mail: null,
    version: "0.0.0",
    shutdown: shutdown.signal,
    ...options,
  });
  const send = async (path: string, { method = "GET", headers = {}, body }: SendOptions = {}) => {
    const json = body !== undefined && typeof body !== "string";
    return door.request(path, {
      method,
      headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
      ...(body === undefined ? {} : { body: json ? JSON.stringify(body) : String(body) }),
    });
  };
  return {
    app: door,
    send,
    async signIn(email, password = testPassword) {
      const answer = await send("/api/auth/sign-in/email", { method: "POST", body: { email, password } });
      const cookie = answer.headers.getSetCookie().find((line) => line.includes("sluice_session="));
      if (!answer.ok || cookie === undefined) throw new Error(`signing in answered ${answer.status}`);
      return cookie.split(";")[0] ?? "";
    },
    secrets,
    links,
    shutdown,
    async close() {
      shutdown.abort();
      await listener.stop();
    },
  };
}

let sharedHash: Promise<string> | null = null;

/** A member who can sign in with `testPassword`. */
export async function createTestMember(test: TestDb, workspaceId: string, role: Role): Promise<{ userId: string; email: string }> {
  sharedHash ??= hashPassword(testPassword);
  const { userId, email } = await createTestUser(test.db, workspaceId, role);
  await test.db.pool.query(
    "INSERT INTO auth_account (id, user_id, account_id, provider_id, password) VALUES ($1, $2, $2, 'credential', $3)",
    [newId(), userId, await sharedHash],
  );
  return { userId, email };
}
