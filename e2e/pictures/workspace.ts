import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { type APIRequestContext, request } from "@playwright/test";
import { Seed } from "../fixtures/api.ts";
import { test as base, owner } from "../fixtures/test.ts";

/** What the pictures are taken of: the seeded workspace of a team, and who looks at it. */
export interface Workspace {
  seed: Seed;
  api: APIRequestContext;
  /** The ids of the workflows, by name. */
  workflows: Record<string, string>;
}

const root = join(import.meta.dirname, "..", "..");
const run = promisify(execFile);

async function seedTeam(server: { baseUrl: string; dataDir: string }): Promise<void> {
  const env = { ...process.env, NODE_ENV: "production" as const, SLUICE_DATA_DIR: server.dataDir, SLUICE_BASE_URL: server.baseUrl };
  await run(process.execPath, [join(root, "bin", "bootstrap.mjs"), "sluice", "seed", "team"], { cwd: root, env });
}

/** What only somebody signed in does: members, a token, notes and owners of issues, a version on trial. */
async function settleIn(seed: Seed, api: APIRequestContext, workflows: Record<string, string>): Promise<void> {
  const password = owner.password;
  await seed.post("/members", { email: "grace@example.com", name: "Grace Builder", role: "builder", password });
  await seed.post("/members", { email: "linus@example.com", name: "Linus Operator", role: "operator", password });
  await seed.post("/tokens", { name: "Deploy script", scopes: ["operate"] });
  const { items: members } = await seed.get<{ items: { userId: string }[] }>("/members");
  const { items: issues } = await seed.get<{ items: { id: string }[] }>("/issues");
  const [first, second] = issues;
  const change = (id: string | undefined, data: object) => api.patch(`/api/v1/issues/${id}`, { data });
  await change(first?.id, { assigneeId: members[0]?.userId, note: "The ledger closes its period at noon; redrive after that." });
  await change(second?.id, { status: "acknowledged", assigneeId: members[1]?.userId });
  const crm = workflows["CRM contact sync"];
  const { draft } = await seed.get<{ draft: { document: { nodes: { id: string; name: string }[] } } }>(`/workflows/${crm}`);
  const nodes = draft.document.nodes.map((node) => (node.id === "notify" ? { ...node, name: "Tell the account team" } : node));
  const { draft: now } = await seed.get<{ draft: { revision: number } }>(`/workflows/${crm}`);
  await api.put(`/api/v1/workflows/${crm}/draft`, { data: { revision: now.revision, document: { ...draft.document, nodes } } });
  await seed.publish(crm ?? "", { percent: 25 });
}

export const test = base.extend<object, { workspace: Workspace }>({
  workspace: [
    async ({ server, ownerState }, use) => {
      const api = await request.newContext({
        baseURL: server.baseUrl,
        storageState: ownerState,
        extraHTTPHeaders: { origin: server.baseUrl },
      });
      const seed = new Seed(api, server.baseUrl);
      await seedTeam(server);
      const { items } = await seed.get<{ items: { id: string; name: string }[] }>("/workflows?limit=100");
      const workflows = Object.fromEntries(items.map(({ id, name }) => [name, id]));
      await settleIn(seed, api, workflows);
      await use({ seed, api, workflows });
      await api.dispose();
    },
    { scope: "worker", timeout: 300_000 },
  ],
});
