import { CircleCheck, CircleDashed, CircleX, ShieldOff } from "lucide-react";
import type { StatusLook } from "#components/ui/status.ts";
import type { ConnectionView } from "#lib/shared/api-types.ts";

export const connectionKinds = ["none", "bearer", "basic", "header", "oauth2", "secret"] as const;
export type ConnectionKind = (typeof connectionKinds)[number];

export interface KindWords {
  label: string;
  description: string;
  /** The plain field beside the secret, if the kind has one. */
  plain: { field: string; label: string; placeholder: string } | null;
  secret: { field: string; label: string } | null;
  /** Whether it is called (and so has an address and limits). */
  called: boolean;
}

export const kindWords: Record<ConnectionKind, KindWords> = {
  none: { label: "No credential", description: "Only an address and limits.", plain: null, secret: null, called: true },
  bearer: {
    label: "Bearer token",
    description: "Sent as Authorization: Bearer …",
    plain: null,
    secret: { field: "token", label: "Token" },
    called: true,
  },
  basic: {
    label: "User and password",
    description: "HTTP basic authentication.",
    plain: { field: "username", label: "User name", placeholder: "" },
    secret: { field: "password", label: "Password" },
    called: true,
  },
  header: {
    label: "Header key",
    description: "A key in a header of its own.",
    plain: { field: "headerName", label: "Header", placeholder: "X-Api-Key" },
    secret: { field: "value", label: "Value" },
    called: true,
  },
  oauth2: {
    label: "OAuth2",
    description: "A token fetched and renewed by itself, as the client or with a refresh token.",
    plain: { field: "tokenUrl", label: "Token URL", placeholder: "https://id.example.com/oauth/token" },
    secret: { field: "clientSecret", label: "Client secret" },
    called: true,
  },
  secret: {
    label: "Signing secret",
    description: "Others sign their webhooks with it; it is never sent.",
    plain: null,
    secret: { field: "secret", label: "Secret" },
    called: false,
  },
};

/** The words of a kind; of one that a newer server knows, the plainest. */
export function wordsOf(kind: string): KindWords {
  const known = connectionKinds.find((each) => each === kind);
  return known ? kindWords[known] : { ...kindWords.none, label: kind };
}

export const connectionLooks: Record<ConnectionView["status"], StatusLook> = {
  untested: { label: "Not tested", meaning: "Nobody has tried it yet", icon: CircleDashed, tone: "queued" },
  ok: { label: "Working", meaning: "The last try was good", icon: CircleCheck, tone: "succeeded" },
  failing: { label: "Failing", meaning: "It was refused or not answered", icon: CircleX, tone: "failed" },
  isolated: { label: "Isolated", meaning: "A person took it out of service: steps wait for it", icon: ShieldOff, tone: "retrying" },
};
