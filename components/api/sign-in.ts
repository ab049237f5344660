import { formatDuration } from "#components/ui/format.ts";
import { ApiFailure } from "./client.ts";

const wrong = "E-mail or password is wrong.";

async function post(path: string, body: unknown): Promise<Response> {
  try {
    return await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      credentials: "same-origin",
      body: JSON.stringify(body),
    });
  } catch {
    throw new ApiFailure({ code: "network", status: 0, message: "The server cannot be reached. Check the connection and try again." });
  }
}

/** Signs in; the answer never tells whether the account exists. */
export async function signIn(input: { email: string; password: string }): Promise<void> {
  const response = await post("/api/auth/sign-in/email", { ...input, rememberMe: true });
  if (response.ok) return;
  if (response.status === 429) {
    const seconds = Number(response.headers.get("retry-after") ?? response.headers.get("x-retry-after"));
    const wait =
      Number.isFinite(seconds) && seconds > 0 ? `Try again in ${formatDuration(seconds * 1_000)}.` : "Wait a little and try again.";
    throw new ApiFailure({ code: "rate_limited", status: 429, message: `Too many tries. ${wait}` });
  }
  if (response.status >= 500) {
    throw new ApiFailure({
      code: "unavailable",
      status: response.status,
      message: "The server could not sign you in. Try again.",
      requestId: response.headers.get("x-request-id"),
    });
  }
  throw new ApiFailure({ code: "unauthenticated", status: response.status, message: wrong });
}

/** Ends the session on the server. */
export async function signOut(): Promise<void> {
  await post("/api/auth/sign-out", {});
}

/** Where to go after signing in: a path of ours, never another origin. */
export function safeNext(next: string | null): string {
  if (!next?.startsWith("/") || next.startsWith("//") || next.includes("\\")) return "/workflows";
  return next;
}
