import { AppError } from "./errors.ts";
import type { JsonObject } from "./json.ts";

/** How a connection proves who calls. `basic`, `header` and `oauth2` have plain fields beside their secrets. */
export const connectionKinds = ["none", "bearer", "basic", "header", "oauth2"] as const;
export type ConnectionKind = (typeof connectionKinds)[number];

/** The secret fields of each kind that people enter. An access token is not among them: it is fetched with the others. */
export const secretFieldsOf: Record<ConnectionKind, readonly string[]> = {
  none: [],
  bearer: ["token"],
  basic: ["password"],
  header: ["value"],
  oauth2: ["clientSecret", "refreshToken"],
};

/** The headers that carry a connection's credential. `fields` holds `username` (basic) or `headerName` (header). */
export function credentialHeaders(kind: string, fields: JsonObject, secrets: Record<string, string>): Record<string, string> {
  switch (kind) {
    case "bearer":
      return { Authorization: `Bearer ${required(secrets.token, "token")}` };
    case "basic": {
      const pair = `${String(fields.username ?? "")}:${required(secrets.password, "password")}`;
      return { Authorization: `Basic ${Buffer.from(pair).toString("base64")}` };
    }
    case "header":
      return { [String(fields.headerName ?? "X-Api-Key")]: required(secrets.value, "value") };
    case "oauth2":
      return { Authorization: `Bearer ${required(secrets.accessToken, "access token")}` };
    default:
      return {};
  }
}

function required(value: string | undefined, field: string): string {
  if (value === undefined) throw new AppError("secret_unreadable", `the connection has no ${field}: enter it again`);
  return value;
}
