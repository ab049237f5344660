import { chmod, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { findCluster } from "./embedded-site.ts";
import { isAlive, isPostgres, readPostmaster, stopPostmaster } from "./postmaster.ts";
import { testFolderVariable } from "./testing.ts";

const prefix = "sluice-test-";

/** vitest's global set-up: names the folder of this run's cluster, and removes the cluster at the end. */
export async function setup(): Promise<() => Promise<void>> {
  await removeLeftovers();
  const folder = await mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`));
  // PostgreSQL may run as a user of its own, who must reach the folder.
  await chmod(folder, 0o755);
  process.env[testFolderVariable] = folder;
  return () => removeCluster(folder);
}

/** Removes the clusters of runs that were killed before they could. */
async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const owner = new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1];
    if (owner !== undefined && !(await isAlive(Number(owner)))) await removeCluster(join(tmpdir(), name));
  }
}

async function removeCluster(folder: string): Promise<void> {
  const cluster = await findCluster(folder);
  const postmaster = await readPostmaster(cluster);
  if (postmaster && (await isPostgres(postmaster.pid))) await stopPostmaster(postmaster.pid);
  await rm(dirname(cluster), { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
}
