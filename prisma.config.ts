import { defineConfig } from "prisma/config";

// Only Prisma's command line reads this. Sluice itself connects through lib/db and migrates with `sluice migrate`.
export default defineConfig({
  schema: "prisma/schema.prisma",
  migrations: { path: "prisma/migrations" },
  ...(process.env.DATABASE_URL ? { datasource: { url: process.env.DATABASE_URL } } : {}),
});
