import { mayReceiveCredential } from "#lib/secrets/allowed-hosts.ts";
import { AppError, type Problem } from "#lib/shared/errors.ts";
import type { JsonObject } from "#lib/shared/json.ts";

/** An oauth2 connection names where it gets its tokens, and that host is one that may receive the credential. */
export function requireTokenFields(fields: JsonObject, hosts: { baseUrl: string | null; allowedHosts: string[] }): void {
  const problems: Problem[] = [];
  const url = typeof fields.tokenUrl === "string" ? URL.parse(fields.tokenUrl) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "") {
    problems.push({ path: "fields.tokenUrl", message: "must be the http or https address of the token endpoint" });
  } else if (!mayReceiveCredential(hosts, url.host)) {
    problems.push({ path: "allowedHosts", message: `add ${url.host}, the host of the token URL, to the allowed hosts` });
  }
  if (typeof fields.clientId !== "string" || fields.clientId === "") problems.push({ path: "fields.clientId", message: "is required" });
  if (fields.clientAuth !== undefined && fields.clientAuth !== "basic" && fields.clientAuth !== "body")
    problems.push({ path: "fields.clientAuth", message: "must be basic or body" });
  if (problems.length > 0) throw new AppError("invalid_input", problems[0]?.message ?? "the token endpoint is not usable", { problems });
}

/** Stored secrets go to no other token endpoint than the one they were entered for. */
export function refuseNewTokenUrl(before: JsonObject, after: JsonObject): void {
  const origin = (fields: JsonObject) => (typeof fields.tokenUrl === "string" ? (URL.parse(fields.tokenUrl)?.origin ?? null) : null);
  if (origin(before) === origin(after)) return;
  const message = `enter the secret again to send it to ${origin(after)}`;
  throw new AppError("invalid_input", message, { problems: [{ path: "fields.tokenUrl", message }] });
}
