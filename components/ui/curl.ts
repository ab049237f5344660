import type { RecordedRequest } from "#lib/shared/api-types.ts";

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A recorded request as a shell command. What was masked stays masked. */
export function toCurl(request: RecordedRequest): string {
  const parts = [`curl -X ${request.method} ${quote(request.url)}`];
  for (const [name, value] of Object.entries(request.headers)) parts.push(`-H ${quote(`${name}: ${value}`)}`);
  if (request.body !== null && request.body !== "") parts.push(`--data-raw ${quote(request.body)}`);
  return parts.join(" \\\n  ");
}
