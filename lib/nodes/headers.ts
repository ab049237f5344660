import * as z from "zod";

const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}$/;

/** Headers that belong to the connection itself; setting them would break or smuggle requests. */
const refused = new Set([
  "host",
  "content-length",
  "connection",
  "transfer-encoding",
  "proxy-authorization",
  "proxy-connection",
  "keep-alive",
  "te",
  "trailer",
  "upgrade",
  "expect",
]);

/** Null for a header that may be sent, else what is wrong with it. */
export function headerProblem(name: string, value: string): string | null {
  if (!headerName.test(name)) return `"${name}" is not a header name`;
  if (refused.has(name.toLowerCase())) return `the header ${name} is set by the connection and cannot be given`;
  if (/[\r\n\0]/.test(value)) return `the header ${name} holds a line break`;
  return null;
}

/** Header names and values, values being templates. */
export const headersSchema = z.record(z.string(), z.string().max(20_000)).superRefine((headers, context) => {
  for (const [name, value] of Object.entries(headers)) {
    const message = headerProblem(name, value);
    if (message) context.addIssue({ code: "custom", message, path: [name] });
  }
});
