import * as z from "zod";
import { headersSchema } from "./headers.ts";

/** The settings of a request that only asks. `names`: what its expressions know besides the scope. */
export function askedRequest({ placeholder, names = [] }: { placeholder: string; names?: string[] }) {
  const template = { expression: "template", ...(names.length > 0 && { names }) } as const;
  return z.strictObject({
    method: z.enum(["GET", "HEAD", "POST"]).default("GET").meta({ label: "Method", widget: "select" }),
    url: z
      .string()
      .min(1, { error: "an address is needed", abort: true })
      .max(8_000)
      .refine((url) => url.includes("{{") || /^https?:\/\//i.test(url), "the address must start with https:// or http://")
      .meta({ label: "URL", placeholder, widget: "text", ...template }),
    query: z
      .record(z.string().min(1), z.string().max(8_000))
      .default({})
      .meta({ label: "Query", widget: "pairs", ...template }),
    headers: headersSchema.default({}).meta({ label: "Headers", widget: "pairs", ...template }),
    body: z
      .json()
      .optional()
      .meta({ label: "Body", widget: "json", ...template }),
    bodyType: z.enum(["json", "form", "text"]).default("json").meta({ label: "Body type", widget: "select" }),
  });
}
