import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";

const skipped = /(^|\/)(node_modules|generated)$|\.(test|crash\.test)\.tsx?$|\.md$/;

async function listFiles(path) {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => null);
  if (entries === null) return existsSync(path) ? [path] : [];
  const nested = await Promise.all(
    entries
      .filter((entry) => !skipped.test(entry.name))
      .map((entry) => (entry.isDirectory() ? listFiles(join(path, entry.name)) : [join(path, entry.name)])),
  );
  return nested.flat();
}

/** One hash over the names and contents of files and folders; what is missing counts as missing. */
export async function fingerprint(base, paths) {
  const files = (await Promise.all(paths.map((path) => listFiles(join(base, path))))).flat().sort();
  const hash = createHash("sha256");
  for (const file of files)
    hash
      .update(relative(base, file))
      .update("\0")
      .update(await readFile(file))
      .update("\0");
  return hash.digest("hex");
}

/** Does a job again only when what it is made from changed. The stamp is written when the job is done, not before. */
export async function whenChanged({ base, stamp, from, job }) {
  const now = await fingerprint(base, from);
  const then = await readFile(stamp, "utf8").catch(() => null);
  if (then === now) return false;
  await job();
  await writeFile(stamp, now);
  return true;
}
