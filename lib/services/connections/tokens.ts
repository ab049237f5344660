import { type SendTokenRequest, Tokens } from "#lib/secrets/tokens.ts";
import type { ContextWith } from "../context.ts";

/** What fetches and renews the tokens of connections, through the guarded way out. */
export function tokensOf({ db, secrets, outbound }: ContextWith<"secrets" | "outbound">, maxBytes: number): Tokens {
  const send: SendTokenRequest = ({ method, url, headers, body }, options) =>
    outbound.send(
      { method, url, headers, body },
      { signal: AbortSignal.timeout(options.timeoutMs), timeoutMs: options.timeoutMs, followRedirects: "none", maxBytes },
    );
  return new Tokens({ pool: db.pool, secrets, send });
}
