import { randomBytes } from "node:crypto";
import { chown, mkdir, readFile, realpath, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { copyBinaries, type PostgresBinaries, prepareBinaries } from "./embedded-binaries.ts";
import { canReach, ensureSystemUser, type SystemUser } from "./embedded-user.ts";
import { freePort } from "./postmaster.ts";

/** Where the embedded PostgreSQL lives and as whom it runs. */
export interface Site {
  /** Null: as who we are. */
  user: SystemUser | null;
  binaries: PostgresBinaries;
  /** Our own folder in the data dir: state and log. */
  folder: string;
  cluster: string;
}

const stateSchema = z.object({ password: z.string(), port: z.number().int() });
export type State = z.infer<typeof stateSchema>;

/**
 * Decides where programs and cluster lie, so that the user PostgreSQL runs as can reach both. A checkout below /root is out
 * of reach of any other user: there both move to that user's home, and `elsewhere` in our folder remembers it.
 */
export async function prepareSite(dataDir: string, log: (message: string) => void = () => undefined): Promise<Site> {
  const user = await ensureSystemUser();
  await mkdir(join(dataDir, "postgres"), { recursive: true });
  const folder = await realpath(join(dataDir, "postgres"));
  const binaries = await prepareBinaries();
  if (!user) return { user, binaries, folder, cluster: join(await makeOwn(null, join(folder, "own")), "cluster") };

  await mkdir(user.home, { recursive: true, mode: 0o755 });
  const reachable = await canReach(user, binaries.postgres, "execute");
  const parent = await clusterParent(user, folder, log);
  return { user, folder, binaries: reachable ? binaries : await copyBinaries(user.home), cluster: join(parent, "cluster") };
}

/** Where the cluster of a data dir lies, or would. Changes nothing. */
export async function findCluster(dataDir: string): Promise<string> {
  const folder = join(dataDir, "postgres");
  const elsewhere = await readFile(join(folder, "elsewhere"), "utf8").catch(() => null);
  return join(elsewhere?.trim() ?? join(folder, "own"), "cluster");
}

async function clusterParent(user: SystemUser, folder: string, log: (message: string) => void): Promise<string> {
  const marker = join(folder, "elsewhere");
  const known = await readFile(marker, "utf8").catch(() => null);
  if (known !== null) return known.trim();
  const own = await makeOwn(user, join(folder, "own"));
  if (await canReach(user, own, "write")) return own;
  if (await stat(join(own, "cluster", "PG_VERSION")).catch(() => null)) {
    throw new Error(
      `the system user ${user.name} cannot reach the database in ${own}: make the folders above it traversable (chmod o+x), or move the data dir back`,
    );
  }
  const elsewhere = join(user.home, `data-${randomBytes(8).toString("hex")}`);
  await makeOwn(user, elsewhere);
  if (!(await canReach(user, elsewhere, "write"))) {
    throw new Error(
      `the system user ${user.name} can reach neither ${own} nor ${elsewhere}: make one of them traversable (chmod o+x), or set DATABASE_URL`,
    );
  }
  log(`the system user ${user.name} cannot reach ${own}; the database lies in ${elsewhere}`);
  await writeFile(marker, elsewhere);
  return elsewhere;
}

async function makeOwn(user: SystemUser | null, path: string): Promise<string> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  if (user) await chown(path, user.uid, user.gid);
  return path;
}

/** The password and port, kept in our folder, readable by us alone. */
export async function loadState(site: Site): Promise<State> {
  const text = await readFile(join(site.folder, "embedded.json"), "utf8").catch(() => null);
  if (text !== null) return stateSchema.parse(JSON.parse(text));
  const state = { password: randomBytes(24).toString("base64url"), port: await freePort() };
  await saveState(site, state);
  return state;
}

/** Keeps password and port for the next start. */
export async function saveState(site: Site, state: State): Promise<void> {
  const path = join(site.folder, "embedded.json");
  await writeFile(`${path}.new`, JSON.stringify(state), { mode: 0o600 });
  await rename(`${path}.new`, path);
}
