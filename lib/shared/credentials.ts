import { AppError } from "./errors.ts";
import type { JsonObject } from "./json.ts";

/** How a connection proves who calls. Each names its secret field; `basic` and `header` have a plain one too. */
export const connectionKinds = ["none", "bearer", "basic", "header"] as const;
export type ConnectionKind = (typeof connectionKinds)[number];

/** The secret field of each kind, as the form asks for it and the store keeps it. */
export const secretFieldOf: Record<ConnectionKind, string | null> = { none: null, bearer: "token", basic: "password", header: "value" };

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
    default:
      return {};
  }
}

function required(value: string | undefined, field: string): string {
  if (value === undefined) throw new AppError("secret_unreadable", `the connection has no ${field}: enter it again`);
  return value;
}
