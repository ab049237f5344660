import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { migrationsFolder } from "#lib/db/migrate.ts";
import { openSchemaEngine } from "#lib/db/schema-engine.ts";
import { schemaPath, withMigratedDatabase } from "./migrated-database.ts";

// npm run db:diff -- NAME: drafts the migration from what is applied to what prisma/schema.prisma says.
const name = process.argv[2];
if (name === undefined || !/^[a-z][a-z0-9_]*$/.test(name)) {
  console.error("usage: npm run db:diff -- NAME   (lower case, digits and _)");
  process.exit(2);
}

const sql = await withMigratedDatabase(async (url) => {
  const engine = await openSchemaEngine(url);
  try {
    return await engine.diff(await readFile(schemaPath, "utf8"));
  } finally {
    await engine.close();
  }
});
if (sql === "") {
  console.log("prisma/schema.prisma and the migrations agree: nothing to do");
} else {
  const time = new Date().toISOString().replace(/\D/g, "").slice(0, 14);
  const folder = join(migrationsFolder, `${time}_${name}`);
  await mkdir(folder);
  await writeFile(join(folder, "migration.sql"), sql);
  console.log(`prisma/migrations/${time}_${name}/migration.sql: a draft; add what the schema cannot say (partitions, checks, functions)`);
}
