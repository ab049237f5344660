import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadSecretKey } from "./secret-key.ts";

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "sluice-key-"));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

test("a given key is used and nothing is written", async () => {
  const secretKey = Buffer.alloc(32, 1).toString("base64");
  expect(await loadSecretKey({ secretKey, dataDir })).toBe(secretKey);
  await expect(stat(join(dataDir, "secret.key"))).rejects.toThrow();
});

test("without one a key is made once, readable by us alone, and found again", async () => {
  const made = await loadSecretKey({ secretKey: null, dataDir: join(dataDir, "new") });
  expect(Buffer.from(made, "base64")).toHaveLength(32);
  expect(await loadSecretKey({ secretKey: null, dataDir: join(dataDir, "new") })).toBe(made);
  expect((await stat(join(dataDir, "new", "secret.key"))).mode & 0o777).toBe(0o600);
  expect((await readFile(join(dataDir, "new", "secret.key"), "utf8")).trim()).toBe(made);
});

test.each(["", "not a key\n"])("a damaged key file (%j) is refused, never replaced", async (content) => {
  await writeFile(join(dataDir, "secret.key"), content);
  await expect(loadSecretKey({ secretKey: null, dataDir })).rejects.toThrow(/SLUICE_SECRET_KEY/);
  expect(await readFile(join(dataDir, "secret.key"), "utf8")).toBe(content);
});
