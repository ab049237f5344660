import type { OutboundRequest, OutboundResponse } from "#lib/nodes/runner.ts";
import { Masker } from "#lib/outbound/mask.ts";

/** What is kept of a body for people to read. Masked before it is cut: half a secret at the edge would be no match. */
const keptBodyLength = 65_536;

/** The request of an attempt as it is stored: JSON text, secrets masked by value and by name. */
export function recordRequest(request: OutboundRequest, secretValues: string[]): string {
  const masker = new Masker(secretValues);
  return JSON.stringify({
    method: request.method,
    url: masker.text(request.url),
    headers: masker.headers(request.headers),
    body: request.body === null ? null : masker.body(request.body).slice(0, keptBodyLength),
  });
}

/** The answer of an attempt as it is stored; `sizeBytes` tells when the body was cut. */
export function recordResponse(response: OutboundResponse, secretValues: string[]): string {
  const masker = new Masker(secretValues);
  return JSON.stringify({
    status: response.status,
    headers: masker.headers(response.headers),
    body: masker.body(response.body).slice(0, keptBodyLength),
    sizeBytes: Buffer.byteLength(response.body),
    durationMs: response.durationMs,
  });
}
