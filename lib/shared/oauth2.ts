import { isJsonObject, type JsonObject } from "./json.ts";

/** The call that asks a token endpoint for an access token. */
export interface TokenRequest {
  method: "POST";
  url: string;
  headers: Record<string, string>;
  body: string;
}

export type TokenAnswer =
  | { next: "granted"; accessToken: string; refreshToken: string | null; expiresInMs: number | null }
  /** The endpoint knows the client or its grant no more: asking again changes nothing. */
  | { next: "refused"; message: string }
  /** It could not say just now. */
  | { next: "unavailable"; message: string };

/** What came of asking for a usable token. */
export type Renewal =
  | { next: "ready" }
  /** Another worker is at it, or the token endpoint does not answer: ask again after that time. */
  | { next: "wait"; afterMs: number }
  /** The token endpoint refuses the client or its grant: a person has to enter it anew. */
  | { next: "refused"; credential: string; message: string };

/** Codes of RFC 6749 5.2 that only a person can mend. */
const refusals: ReadonlySet<string> = new Set(["invalid_grant", "invalid_client", "unauthorized_client", "invalid_scope"]);
const maxLifeMs = 400 * 86_400_000;

/**
 * Asks for a token: with the refresh token when there is one, else as the client itself (RFC 6749 6 and 4.4). `fields` holds
 * tokenUrl and clientId, and perhaps scope, audience and clientAuth (`basic`, or `body` for endpoints that take no header).
 */
export function tokenRequest(fields: JsonObject, secrets: Readonly<Record<string, string>>): TokenRequest {
  const { clientId, scope, audience, clientAuth } = fields;
  const id = String(clientId ?? "");
  const secret = secrets.clientSecret ?? "";
  const form = new URLSearchParams(
    secrets.refreshToken === undefined
      ? { grant_type: "client_credentials" }
      : { grant_type: "refresh_token", refresh_token: secrets.refreshToken },
  );
  if (typeof scope === "string" && scope !== "") form.set("scope", scope);
  if (typeof audience === "string" && audience !== "") form.set("audience", audience);
  const headers: Record<string, string> = { Accept: "application/json", "Content-Type": "application/x-www-form-urlencoded" };
  if (clientAuth === "body" || secret === "") {
    form.set("client_id", id);
    if (secret !== "") form.set("client_secret", secret);
  } else {
    // Both parts are form-encoded before they are joined (RFC 6749 2.3.1), or a colon in one would move the border.
    headers.Authorization = `Basic ${Buffer.from(`${formEncode(id)}:${formEncode(secret)}`).toString("base64")}`;
  }
  return { method: "POST", url: String(fields.tokenUrl ?? ""), headers, body: form.toString() };
}

/** Reads a token endpoint's answer. Its words are not repeated beyond its error code: they may hold what we sent. */
export function readTokenAnswer(status: number, body: string): TokenAnswer {
  const answer = parse(body);
  if (status >= 200 && status < 300) {
    const { access_token: accessToken, refresh_token: refreshToken, expires_in: expiresIn } = answer;
    if (typeof accessToken !== "string" || accessToken === "")
      return { next: "unavailable", message: `the token endpoint answered ${status} without a token` };
    const seconds = Number(expiresIn);
    return {
      next: "granted",
      accessToken,
      refreshToken: typeof refreshToken === "string" && refreshToken !== "" ? refreshToken : null,
      expiresInMs: expiresIn !== undefined && seconds > 0 ? Math.min(seconds * 1_000, maxLifeMs) : null,
    };
  }
  const code = typeof answer.error === "string" && /^[a-z_]{1,40}$/.test(answer.error) ? answer.error : null;
  const message = `the token endpoint answered ${status}${code === null ? "" : ` ${code}`}`;
  const refused = code === null ? status === 401 || status === 403 : refusals.has(code);
  return { next: refused ? "refused" : "unavailable", message };
}

function formEncode(text: string): string {
  return new URLSearchParams([["", text]]).toString().slice(1);
}

function parse(body: string): JsonObject {
  try {
    const value: unknown = JSON.parse(body);
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}
