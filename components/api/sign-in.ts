import { formatDuration } from "#components/ui/format.ts";
import { ApiFailure, toFailure } from "./client.ts";

/** POST to the sign-in routes, which live beside /api/v1. */
async function post(path: string, body: unknown): Promise<Response> {
  try {
    return await fetch(`/api/auth${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      credentials: "same-origin",
      body: JSON.stringify(body),
    });
  } catch {
    throw new ApiFailure({ code: "network", status: 0, message: "The server cannot be reached. Check the connection and try again." });
  }
}

/** Too many tries says how long to wait; everything else in the server's words. */
async function refusal(response: Response): Promise<ApiFailure> {
  const failure = await toFailure(response);
  if (failure.status !== 429) return failure;
  const wait = failure.retryAfterMs ? `Try again in ${formatDuration(failure.retryAfterMs)}.` : "Wait a little and try again.";
  return new ApiFailure({ code: "rate_limited", status: 429, message: `Too many tries. ${wait}`, requestId: failure.requestId });
}

/** Signs in; the answer never tells whether the account exists. */
export async function signIn(input: { email: string; password: string }): Promise<void> {
  const response = await post("/sign-in/email", { ...input, rememberMe: true });
  if (!response.ok) throw await refusal(response);
}

/** Ends the session on the server. */
export async function signOut(): Promise<void> {
  await post("/sign-out", {});
}

/** Sets a new password; every other session of the account ends. */
export async function changePassword(input: { currentPassword: string; newPassword: string }): Promise<void> {
  const response = await post("/change-password", input);
  if (!response.ok) throw await refusal(response);
}

/** Where to go after signing in: a path of ours, never another origin. */
export function safeNext(next: string | null): string {
  if (!next?.startsWith("/") || next.startsWith("//") || next.includes("\\")) return "/workflows";
  return next;
}
