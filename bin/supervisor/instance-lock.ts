import { mkdir, open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { isAlive } from "#lib/db/postmaster.ts";

/** Holds a data dir for one supervisor. */
export interface InstanceLock {
  release(): Promise<void>;
}

/** What tells a process from a later one with the same pid: the boot and the moment it started in, where the system tells. */
async function identity(pid: number): Promise<string> {
  const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "");
  const status = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  const startTime = status.slice(status.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  return `${boot.trim()} ${startTime}`;
}

/** Takes the lock of a data dir; throws when another supervisor has it. One left by a kill -9 is taken over. */
export async function lockInstance(dataDir: string): Promise<InstanceLock> {
  const path = join(dataDir, "supervisor.lock");
  await mkdir(dataDir, { recursive: true });
  for (let tries = 0; tries < 3; tries++) {
    try {
      const file = await open(path, "wx", 0o600);
      await file.writeFile(JSON.stringify({ pid: process.pid, identity: await identity(process.pid) }));
      await file.close();
      return { release: () => rm(path, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const holder = await readHolder(path);
    if (holder !== null && (await isAlive(holder.pid)) && (await identity(holder.pid)) === holder.identity) {
      throw new Error(`Sluice runs already on ${dataDir} (process ${holder.pid}): stop it, or give this one another SLUICE_DATA_DIR`);
    }
    await rm(path, { force: true });
  }
  throw new Error(`cannot lock ${dataDir}: somebody else is starting there`);
}

async function readHolder(path: string): Promise<{ pid: number; identity: string } | null> {
  try {
    const holder: unknown = JSON.parse(await readFile(path, "utf8"));
    if (typeof holder !== "object" || holder === null || !("pid" in holder) || !("identity" in holder)) return null;
    return { pid: Number(holder.pid), identity: String(holder.identity) };
  } catch {
    return null;
  }
}
