import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestDb, type TestDb } from "#lib/db/testing.ts";
import { smallDocument, webhookDocument } from "#lib/services/testing-rows.ts";
import { findTokenActor } from "#lib/services/tokens/index.ts";
import { verifyPassword } from "#lib/services/users/index.ts";
import { newId } from "#lib/shared/ids.ts";

let test: TestDb;
let folder: string;
const key = randomBytes(32).toString("base64");

beforeAll(async () => {
  test = await createTestDb();
  folder = await mkdtemp(join(tmpdir(), "sluice-commands-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await test.drop();
});

const script = `import { main } from ${JSON.stringify(join(import.meta.dirname, "sluice.ts"))}; process.exitCode = await main(process.argv.slice(1));`;

/** Runs the command line as a process of its own, as people and pipelines do. */
async function sluice(args: string[], input = ""): Promise<{ code: number | null; out: string; err: string }> {
  const env = {
    ...process.env,
    DATABASE_URL: test.url,
    SLUICE_SECRET_KEY: key,
    SLUICE_DATA_DIR: folder,
    LOG_LEVEL: "error",
    NODE_COMPILE_CACHE: join(folder, "compiled"),
  };
  const child = spawn(process.execPath, ["--input-type=module", "-e", script, "--", ...args], { env });
  const [out, err]: string[][] = [[], []];
  child.stdout.on("data", (data) => out?.push(String(data)));
  child.stderr.on("data", (data) => err?.push(String(data)));
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, out: out?.join("") ?? "", err: err?.join("") ?? "" };
}

async function file(name: string, document: object): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, JSON.stringify(document));
  return path;
}

describe("sluice token", () => {
  it("prints a token alone, which works, on an instance nobody has set up yet", async () => {
    const { code, out } = await sluice(["token", "create", "--name", "ci", "--scopes", "read,runs:write", "--expires", "30d"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^slc_[0-9A-Za-z]{38}\n$/);
    const found = await findTokenActor({ db: test.db, token: out.trim() });
    expect(found?.actor).toHaveProperty("scopes", expect.arrayContaining(["runs:write", "workflows:read"]));
  });

  it("refuses what makes no sense with exit code 2", async () => {
    for (const args of [
      ["create"],
      ["create", "--name", "x", "--scopes", "root"],
      ["create", "--name", "x", "--scopes", "all", "--expires", "soon"],
      ["burn"],
    ]) {
      expect(await sluice(["token", ...args])).toMatchObject({ code: 2, out: "" });
    }
  });
});

describe("sluice user", () => {
  it("makes the first account an owner, and sets a new password", async () => {
    expect(await sluice(["user", "create", "Ann@Example.com", "--role", "viewer"], "a good long password\n")).toMatchObject({ code: 1 });
    expect(await sluice(["user", "create", "Ann@Example.com", "--role", "owner"], "a good long password\n")).toMatchObject({ code: 0 });
    expect((await sluice(["user", "create", "ann@example.com", "--role", "owner"], "a good long password\n")).err).toContain(
      "has an account already",
    );
    expect(await sluice(["user", "reset-password", "ann@example.com"], "short\n")).toMatchObject({ code: 2 });
    expect(await sluice(["user", "reset-password", "ann@example.com"], "another long password")).toMatchObject({ code: 0 });
    const { rows } = await test.db.pool.query<{ password: string; workspaces: number }>(
      "SELECT password, (SELECT count(*)::int FROM workspace) AS workspaces FROM auth_account",
    );
    expect(await verifyPassword({ hash: rows[0]?.password ?? "", password: "another long password" })).toBe(true);
    expect(rows).toMatchObject([{ workspaces: 1 }]);
  });
});

describe("sluice workflow", { timeout: 60_000 }, () => {
  it("imports, publishes, shows differences and exports", async () => {
    const small = await file("small.json", smallDocument);
    const hook = await file("hook.json", webhookDocument);
    const imported = await sluice(["workflow", "import", small, "--name", "Imported", "--json"]);
    const { id } = JSON.parse(imported.out) as { id: string };
    expect(await sluice(["workflow", "diff", id, small])).toMatchObject({ code: 0, out: "no differences\n" });
    expect((await sluice(["workflow", "diff", "Imported", hook])).out).toContain('type: "manual" → "webhook"');

    expect((await sluice(["workflow", "apply", hook, "--name", "Imported", "--publish"])).out).toContain(
      `updated Imported (${id}), live version 1`,
    );
    expect((await sluice(["workflow", "apply", hook, "--name", "Imported", "--publish"])).out).toContain("live version 1");
    expect((await sluice(["workflow", "apply", small, "--name", "Imported", "--publish"])).out).toContain("live version 2");
    expect((await sluice(["workflow", "apply", small, "--name", "Another"])).out).toMatch(/^made Another .*, not live/);

    const exported = await sluice(["workflow", "export", "Imported"]);
    expect(JSON.parse(exported.out)).toEqual(smallDocument);
    expect(JSON.parse((await sluice(["workflow", "export", id, "--version", "1"])).out)).toEqual(webhookDocument);
    expect(JSON.parse(await readFile(small, "utf8"))).toEqual(smallDocument);
  });

  it("tells what is wrong with a document, and imports nothing of what is none", async () => {
    const empty = await file("empty.json", { schemaVersion: 1, nodes: [], edges: [] });
    expect(await sluice(["workflow", "validate", empty])).toMatchObject({ code: 1 });
    expect(await sluice(["workflow", "validate", await file("good.json", smallDocument)])).toMatchObject({ code: 0 });
    const broken = await file("broken.json", { schemaVersion: 1, nodes: [{ id: "1" }], edges: [], extra: true });
    expect(await sluice(["workflow", "import", broken, "--name", "Broken"])).toMatchObject({ code: 2 });
    expect(await sluice(["workflow", "import", "-", "--name", "Broken"], "not JSON")).toMatchObject({ code: 1 });
    expect((await test.db.pool.query("SELECT 1 FROM workflow WHERE name = 'Broken'")).rowCount).toBe(0);
    expect(await sluice(["workflow", "export", "Nobody"])).toMatchObject({
      code: 1,
      err: expect.stringContaining("there is no workflow Nobody"),
    });
  });
});

describe("sluice connection", () => {
  it("isolates by name with a reason, and releases by id", async () => {
    const { rows: workspaces } = await test.db.pool.query<{ id: string }>("SELECT id FROM workspace");
    const made = "INSERT INTO connection (id, workspace_id, name, kind) VALUES ($1, $2, 'Billing', 'none')";
    const id = newId();
    await test.db.pool.query(made, [id, workspaces[0]?.id]);
    const stored = async () => (await test.db.pool.query("SELECT status, isolated_reason FROM connection")).rows;

    expect(await sluice(["connection", "isolate", "Billing"])).toMatchObject({ code: 2 });
    expect(await sluice(["connection", "isolate", "Nobody", "--reason", "x"])).toMatchObject({ code: 1 });
    expect(await sluice(["connection", "isolate", "Billing", "--reason", "they are moving"])).toMatchObject({
      code: 0,
      out: "Billing is isolated\n",
    });
    expect(await stored()).toEqual([{ status: "isolated", isolated_reason: "they are moving" }]);
    expect(await sluice(["connection", "release", id])).toMatchObject({ code: 0, out: "Billing is in service\n" });
    expect(await stored()).toEqual([{ status: "untested", isolated_reason: null }]);
  });
});
