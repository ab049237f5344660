import * as z from "zod";
import { plural } from "#components/ui/format.ts";
import type { ConnectionView } from "#lib/shared/api-types.ts";
import { isJsonObject } from "#lib/shared/json.ts";
import { connectionKinds, kindWords } from "./kinds.ts";

export const windowUnits = {
  s: { label: "seconds", ms: 1_000 },
  min: { label: "minutes", ms: 60_000 },
  h: { label: "hours", ms: 3_600_000 },
  d: { label: "days", ms: 86_400_000 },
} as const;
export type WindowUnit = keyof typeof windowUnits;
const units = ["s", "min", "h", "d"] as const satisfies readonly WindowUnit[];

const wholeNumber = (text: string) => /^\d+$/.test(text.trim()) && Number(text) >= 1;
const positive = z.string().refine(wholeNumber, "Enter a whole number from 1");

export const connectionFormSchema = z.object({
  name: z.string().trim().min(1, "Enter a name").max(120),
  kind: z.enum(connectionKinds),
  baseUrl: z
    .string()
    .trim()
    .refine((text) => text === "" || /^https?:\/\/[^\s/]+/.test(text), "Enter an address that starts with https:// or http://"),
  allowedHosts: z.string(),
  plain: z.string().trim(),
  /** Empty: keep what is stored. */
  secret: z.string(),
  windows: z.array(z.object({ limit: positive, per: positive, unit: z.enum(units) })).max(5),
  concurrency: z.string().refine((text) => text.trim() === "" || wholeNumber(text), "Enter a whole number from 1, or nothing"),
  /** In percent; empty: all that is typed, 90 % of what is learned. */
  headroom: z
    .string()
    .refine((text) => text.trim() === "" || (wholeNumber(text) && Number(text) <= 100), "Enter a whole number from 1 to 100, or nothing"),
  throttledWhen: z.string().trim().max(20_000),
  retryAfterScope: z.enum(["connection", "key"]),
  isolated: z.boolean(),
  /** Of OAuth2 alone. */
  clientId: z.string().trim(),
  scope: z.string().trim(),
  refreshToken: z.string(),
  healthPath: z
    .string()
    .trim()
    .refine((text) => text === "" || /^\/(?!\/)\S*$/.test(text), "Enter a path that begins with one /"),
});
export type ConnectionForm = z.infer<typeof connectionFormSchema>;

/** The biggest unit that says a time in whole numbers. */
function inUnits(ms: number): { per: string; unit: WindowUnit } {
  const unit = [...units].reverse().find((each) => ms % windowUnits[each].ms === 0) ?? "s";
  return { per: String(Math.max(1, Math.round(ms / windowUnits[unit].ms))), unit };
}

/** "5 minutes", "1 second". */
export function windowWords(ms: number): string {
  if (ms % windowUnits.s.ms !== 0) return `${ms / windowUnits.s.ms} s`;
  const { per, unit } = inUnits(ms);
  return plural(Number(per), windowUnits[unit].label.slice(0, -1));
}

function windowsOf(limits: ConnectionView["limits"]): ConnectionForm["windows"] {
  const windows = Array.isArray(limits.windows) ? limits.windows : [];
  return windows.flatMap((window) =>
    isJsonObject(window) && typeof window.limit === "number" && typeof window.perMs === "number"
      ? [{ limit: String(window.limit), ...inUnits(window.perMs) }]
      : [],
  );
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** The host that gets the client's secret is one that may receive the credential. */
function withTokenHost(form: ConnectionForm, hosts: string[]): string[] {
  const host = form.kind === "oauth2" ? URL.parse(form.plain)?.host : undefined;
  return host === undefined || hosts.includes(host) || host === URL.parse(form.baseUrl)?.host ? hosts : [...hosts, host];
}

/** What the form starts with: an existing connection, or a new one. */
export function toForm(connection: ConnectionView | null): ConnectionForm {
  const kind = connectionKinds.find((each) => each === connection?.kind) ?? "bearer";
  const plainField = kindWords[kind].plain?.field;
  const plain = plainField ? connection?.fields[plainField] : undefined;
  const { concurrency, headroom, throttledWhen, retryAfterScope } = connection?.limits ?? {};
  return {
    name: connection?.name ?? "",
    kind,
    baseUrl: connection?.baseUrl ?? "",
    allowedHosts: connection?.allowedHosts.join("\n") ?? "",
    plain: typeof plain === "string" ? plain : "",
    secret: "",
    windows: connection ? windowsOf(connection.limits) : [],
    concurrency: typeof concurrency === "number" ? String(concurrency) : "",
    headroom: typeof headroom === "number" ? String(Math.round(headroom * 100)) : "",
    throttledWhen: typeof throttledWhen === "string" ? throttledWhen : "",
    retryAfterScope: retryAfterScope === "key" ? "key" : "connection",
    isolated: connection?.status === "isolated",
    clientId: textOf(connection?.fields.clientId),
    scope: textOf(connection?.fields.scope),
    refreshToken: "",
    healthPath: connection?.healthPath ?? "",
  };
}

/** The form as POST and PATCH /connections want it. Only what was entered of secrets is sent; `kind` is fixed once made. */
export function toInput(form: ConnectionForm, existing: ConnectionView | null) {
  const words = kindWords[form.kind];
  const plain = words.plain && form.plain !== "" ? { [words.plain.field]: form.plain } : {};
  const oauth2 = form.kind === "oauth2" ? { clientId: form.clientId, ...(form.scope === "" ? {} : { scope: form.scope }) } : {};
  const secrets = {
    ...(words.secret && form.secret !== "" ? { [words.secret.field]: form.secret } : {}),
    ...(form.kind === "oauth2" && form.refreshToken !== "" ? { refreshToken: form.refreshToken } : {}),
  };
  const hosts = form.allowedHosts
    .split(/[\s,]+/)
    .map((host) => host.trim())
    .filter(Boolean);
  return {
    name: form.name,
    baseUrl: form.baseUrl === "" ? null : form.baseUrl,
    allowedHosts: withTokenHost(form, hosts),
    fields: { ...existing?.fields, ...plain, ...oauth2 },
    healthPath: form.healthPath === "" ? null : form.healthPath,
    limits: {
      ...existing?.limits,
      headroom: form.headroom.trim() === "" ? undefined : Number(form.headroom) / 100,
      throttledWhen: form.throttledWhen === "" ? undefined : form.throttledWhen,
      retryAfterScope: form.retryAfterScope === "key" ? ("key" as const) : undefined,
      windows: form.windows.map(({ limit, per, unit }) => ({ limit: Number(limit), perMs: Number(per) * windowUnits[unit].ms })),
      concurrency: form.concurrency.trim() === "" ? null : Number(form.concurrency),
    },
    secrets,
    ...(existing ? { isolated: form.isolated } : { kind: form.kind }),
  };
}
