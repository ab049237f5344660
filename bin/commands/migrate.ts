import { openDb } from "#lib/db/db.ts";
import { startEmbedded } from "#lib/db/embedded.ts";
import { migrate, pendingMigrations } from "#lib/db/migrate.ts";
import { parseSettings } from "#lib/shared/settings.ts";
import { type Command, printResult } from "../command.ts";

export const command: Command = {
  summary: "Bring the database up to date (start does this by itself)",
  usage: ["[--pending]   with --pending only say what is missing: exit code 1 when something is"],
  options: { pending: { type: "boolean" } },
  async run(input) {
    const settings = parseSettings(input.env);
    const embedded = settings.databaseUrl === null ? await startEmbedded({ dataDir: settings.dataDir }) : null;
    const url = embedded?.url ?? settings.databaseUrl ?? "";
    try {
      if (input.flags.pending === true) {
        const db = openDb({ url, applicationName: "sluice migrate", maxConnections: 1 });
        const pending = await pendingMigrations(db.pool).finally(() => db.close());
        printResult(input, { pending }, pending.length === 0 ? "the database is up to date" : `missing: ${pending.join(", ")}`);
        return pending.length === 0 ? 0 : 1;
      }
      const result = await migrate({ url });
      printResult(input, result, result.applied.length === 0 ? "the database was up to date" : `applied: ${result.applied.join(", ")}`);
      return 0;
    } finally {
      if (embedded && !embedded.adopted) await embedded.stop();
    }
  },
};
