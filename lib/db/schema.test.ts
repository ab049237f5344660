import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openSchemaEngine, type SchemaEngine } from "./schema-engine.ts";
import { renameSchema } from "./schema-names.ts";
import { createTestDb, type TestDb } from "./testing.ts";

const schemaPath = join(import.meta.dirname, "..", "..", "prisma", "schema.prisma");

let own: TestDb;
let engine: SchemaEngine;
beforeAll(async () => {
  own = await createTestDb();
  engine = await openSchemaEngine(own.url);
});
afterAll(async () => {
  await engine.close();
  await own.drop();
});

test("schema.prisma and a migrated database agree (if not: npm run db:pull, or db:diff for a new migration)", async () => {
  expect(await engine.diff(await readFile(schemaPath, "utf8"))).toBe("");
});

test("a field that the database lacks shows as a difference", async () => {
  const schema = (await readFile(schemaPath, "utf8")).replace("model Workspace {", "model Workspace {\n  colour String?");
  expect(await engine.diff(schema)).toContain('ALTER TABLE "workspace" ADD COLUMN     "colour" TEXT');
});

describe("renaming", () => {
  const introspected = `model api_token {
  id           String    @id @db.Uuid
  workspace_id String    @db.Uuid
  hash_list    Bytes[]
  workspace    workspace @relation(fields: [workspace_id], references: [id], onDelete: NoAction)

  @@unique([workspace_id, id(sort: Desc)], map: "api_token_a_b")
}

/// This model has a thing and requires additional setup.
model workspace {
  id        String      @id
  api_token api_token[]
}`;

  test("models and fields get our names, and keep the database's by @map", () => {
    const renamed = renameSchema(introspected);
    expect(renamed).toContain("model ApiToken {");
    expect(renamed).toContain('workspaceId String    @db.Uuid @map("workspace_id")');
    expect(renamed).toContain('hashList Bytes[] @map("hash_list")');
    expect(renamed).toContain('@@map("api_token")');
  });

  test("relations and indices speak of the new names, index names stay", () => {
    const renamed = renameSchema(introspected);
    expect(renamed).toContain("workspace Workspace @relation(fields: [workspaceId], references: [id], onDelete: NoAction)");
    expect(renamed).toContain("apiTokens ApiToken[]");
    expect(renamed).toContain('@@unique([workspaceId, id(sort: Desc)], map: "api_token_a_b")');
    expect(renamed).not.toContain("requires additional");
  });
});
