import { isAPIError } from "better-auth/api";
import type { Auth } from "./auth.ts";

/** However much it is used, a session ends. */
const longestMs = 30 * 86_400_000;

export interface FoundSession {
  userId: string;
  /** To be handed on: a used session moves its end, in the database and in the cookie. */
  setCookies: string[];
}

/** Whose session a request's cookie names. Null for none, a forged one or an ended one. Throws only when the database does. */
export async function findSession(auth: Auth, headers: Headers): Promise<FoundSession | null> {
  if (!headers.get("cookie")?.includes("sluice_session=")) return null;
  try {
    const { headers: answered, response } = await auth.api.getSession({ headers, returnHeaders: true });
    if (response === null) return null;
    const { session } = response;
    if (Date.now() - session.createdAt.getTime() > longestMs) {
      await (await auth.$context).internalAdapter.deleteSession(session.token);
      return null;
    }
    return { userId: session.userId, setCookies: answered.getSetCookie() };
  } catch (thrown) {
    if (isAPIError(thrown) && thrown.statusCode < 500) return null;
    throw thrown;
  }
}
