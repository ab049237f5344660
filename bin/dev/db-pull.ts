import { readFile, writeFile } from "node:fs/promises";
import { openSchemaEngine } from "#lib/db/schema-engine.ts";
import { renameSchema } from "#lib/db/schema-names.ts";
import { schemaPath, withMigratedDatabase } from "./migrated-database.ts";

// npm run db:pull: rewrites prisma/schema.prisma from the migrations, for migrations that were written by hand.
const header = (await readFile(schemaPath, "utf8")).split(/^datasource /m)[0] ?? "";
const introspected = await withMigratedDatabase(async (url) => {
  const engine = await openSchemaEngine(url);
  try {
    return await engine.introspect();
  } finally {
    await engine.close();
  }
});
await writeFile(schemaPath, header + renameSchema(introspected).trimStart());
