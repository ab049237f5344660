import { createHash, randomBytes } from "node:crypto";
import type pg from "pg";

/**
 * A fresh link to set the instance up, or null when somebody did already. Earlier links stop working: only the last printed
 * one is good, and only its hash is kept.
 */
export async function createSetupLink(pool: pg.Pool, baseUrl: string): Promise<string | null> {
  const { rowCount } = await pool.query("SELECT FROM member LIMIT 1");
  if (rowCount !== 0) return null;
  const token = randomBytes(24).toString("base64url");
  await pool.query("DELETE FROM one_time_token WHERE purpose = 'setup' AND used_at IS NULL");
  await pool.query("INSERT INTO one_time_token (token_hash, purpose, expires_at) VALUES ($1, 'setup', now() + interval '24 hours')", [
    createHash("sha256").update(token).digest(),
  ]);
  return `${baseUrl}/setup?token=${token}`;
}
