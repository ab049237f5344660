import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbedded } from "#lib/db/embedded.ts";
import { migrate } from "#lib/db/migrate.ts";

/** The schema file the tools read and write. */
export const schemaPath = join(import.meta.dirname, "..", "..", "prisma", "schema.prisma");

/** Runs something on a throw-away database that has every migration. */
export async function withMigratedDatabase<T>(use: (url: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-schema-"));
  const server = await startEmbedded({ dataDir: folder, disposable: true });
  try {
    await migrate({ url: server.url });
    return await use(server.url);
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
