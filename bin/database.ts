import { type Db, openDb } from "#lib/db/db.ts";
import { startEmbedded } from "#lib/db/embedded.ts";
import { migrate } from "#lib/db/migrate.ts";
import type { Settings } from "#lib/shared/settings.ts";

/**
 * Runs something on the migrated database of this instance, whether Sluice runs at the moment or not: the embedded server is
 * started for it when it is not there, and stopped again.
 */
export async function withDatabase<T>(settings: Settings, use: (db: Db, url: string) => Promise<T>): Promise<T> {
  const embedded = settings.databaseUrl === null ? await startEmbedded({ dataDir: settings.dataDir, log: note }) : null;
  const url = embedded?.url ?? settings.databaseUrl ?? "";
  try {
    await migrate({ url });
    const db = openDb({ url, applicationName: "sluice command", maxConnections: 4 });
    try {
      return await use(db, url);
    } finally {
      await db.close();
    }
  } finally {
    if (embedded && !embedded.adopted) await embedded.stop();
  }
}

function note(message: string): void {
  process.stderr.write(`${message}\n`);
}
