import type * as z from "zod";
import { type CreateConnectionInput, createConnection, createConnectionSchema } from "#lib/services/connections/index.ts";
import type { SeedContext } from "../workspace.ts";

/** With made-up secrets: nothing is ever sent to these hosts. */
const connections: z.input<typeof createConnectionSchema>[] = [
  { name: "GitHub webhooks", kind: "secret", secrets: { secret: "it is a secret to everybody" } },
  {
    name: "HubSpot CRM",
    kind: "bearer",
    baseUrl: "https://crm.example.com/v3/",
    limits: { windows: [{ limit: 100, perMs: 10_000 }], concurrency: 8 },
    secrets: { token: "made-up" },
  },
  {
    name: "Ledger",
    kind: "basic",
    baseUrl: "https://ledger.example.com/api",
    fields: { username: "sluice" },
    limits: { windows: [{ limit: 20, perMs: 1_000 }], concurrency: null },
    healthPath: "/health",
    secrets: { password: "made-up" },
  },
  {
    name: "Payments",
    kind: "header",
    baseUrl: "https://payments.example.com",
    allowedHosts: ["*.payments.example.com"],
    fields: { headerName: "X-Api-Key" },
    limits: { windows: [{ limit: 25, perMs: 1_000 }], concurrency: 4 },
    secrets: { value: "made-up" },
  },
  { name: "Status page", kind: "none", baseUrl: "https://status.example.com" },
];

/** Makes those that are not there, and gives back the id of the one that GitHub's deliveries are checked with. */
export async function ensureConnections(ctx: SeedContext): Promise<string> {
  const ids: string[] = [];
  for (const given of connections) {
    const known = await ctx.db.prisma.connection.findFirst({ where: { workspaceId: ctx.workspaceId, name: given.name } });
    const input: CreateConnectionInput = createConnectionSchema.parse(given);
    ids.push(known?.id ?? (await createConnection({ ctx, input })).id);
  }
  return ids[0] ?? "";
}
