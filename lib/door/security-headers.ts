import { randomBytes } from "node:crypto";

export interface PageHeaders {
  nonce: string;
  policy: string;
}

/**
 * The content security policy of pages, with a fresh nonce. Scripts run only with the nonce, which Next takes from the request's
 * own content-security-policy header when it renders. Styles may be inline: React, the editor and the canvas position with them.
 */
export function makePagePolicy(options: { dev: boolean }): PageHeaders {
  const nonce = randomBytes(16).toString("base64");
  const policy = [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${options.dev ? " 'unsafe-eval'" : ""}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src 'self'${options.dev ? " ws:" : ""}`,
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
  return { nonce, policy };
}

/**
 * What is not a page shows nothing, runs nothing and is framed by nobody. A webhook's or sandbox's answer is written by users: `sandbox`
 * keeps a script in it from acting as us, although it comes from our origin.
 */
export const dataPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox";

/** Headers of every answer. */
export function commonHeaders(options: { https: boolean }): Record<string, string> {
  return {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ...(options.https ? { "strict-transport-security": "max-age=31536000; includeSubDomains" } : {}),
  };
}
