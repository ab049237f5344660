import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { openDb } from "#lib/db/db.ts";
import { type EmbeddedPostgres, startEmbedded } from "#lib/db/embedded.ts";
import { findCluster } from "#lib/db/embedded-site.ts";
import { migrate } from "#lib/db/migrate.ts";
import type { TestDb } from "#lib/db/testing.ts";

/** A PostgreSQL of its own, with all the safety of a real one, that can be restarted and killed. */
export interface SoakDatabase extends TestDb {
  port: number;
  /** `kill`: kill -9 of the postmaster, recovery from the write-ahead log; else a fast shutdown. Comes back before it resolves. */
  restart(how: "kill" | "stop"): Promise<void>;
}

/** Starts it in a folder of its own, migrated. `drop` stops it and removes the folder. */
export async function startSoakDatabase(): Promise<SoakDatabase> {
  const dataDir = await mkdtemp(join(tmpdir(), "sluice-soak-"));
  // PostgreSQL may run as a user of its own, who must reach the folder.
  await chmod(dataDir, 0o755);
  let server: EmbeddedPostgres = await startEmbedded({ dataDir });
  await migrate({ url: server.url });
  const db = openDb({ url: server.url, applicationName: "soak" });
  return {
    db,
    url: server.url,
    port: Number(new URL(server.url).port),
    async restart(how) {
      if (how === "kill") process.kill(server.pid, "SIGKILL");
      else await server.stop();
      server = await startEmbedded({ dataDir });
    },
    async drop() {
      await db.close();
      await server.stop();
      await rm(dirname(await findCluster(dataDir)), { recursive: true, force: true });
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
