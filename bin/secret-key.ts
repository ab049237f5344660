import { randomBytes } from "node:crypto";
import { mkdir, open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseSettings, type Settings } from "#lib/shared/settings.ts";

/**
 * The key-encryption key: SLUICE_SECRET_KEY, else the one in the data dir, which is made on first use. It is written to disk
 * before it is used, because losing it is losing every stored secret.
 */
export async function loadSecretKey(settings: Pick<Settings, "secretKey" | "dataDir">): Promise<string> {
  if (settings.secretKey !== null) return settings.secretKey;
  const path = join(settings.dataDir, "secret.key");
  await mkdir(settings.dataDir, { recursive: true });
  try {
    const file = await open(path, "wx", 0o600);
    try {
      const key = randomBytes(32).toString("base64");
      await file.writeFile(`${key}\n`);
      await file.sync();
      return key;
    } finally {
      await file.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  const stored = (await readFile(path, "utf8")).trim();
  const checked = parseSettings({ SLUICE_SECRET_KEY: stored || "empty" }).secretKey;
  if (checked === null) throw new Error(`${path} is empty`);
  return checked;
}
