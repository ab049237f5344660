import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { whenChanged } from "./fingerprint.mjs";
import { mustRun, npm, root, say } from "./run.mjs";

const buildSources = ["app", "components", "lib", "public", "next.config.js", "postcss.config.mjs", "package-lock.json"];

/** Whether node_modules holds what the lockfile says. npm keeps its own account of what it installed there. */
export function isInstalled(lock, installed) {
  const found = installed?.packages ?? {};
  return Object.entries(lock.packages).every(([path, wanted]) => {
    if (path === "" || wanted.link) return true;
    if (found[path] === undefined) return wanted.optional === true;
    return found[path].version === wanted.version && found[path].integrity === wanted.integrity;
  });
}

async function readJson(path) {
  return JSON.parse(await readFile(path, "utf8"));
}

/**
 * Installs the packages of the lockfile, when they are not. `npm ci` refuses a lockfile written where some registry lacks the
 * optional packages of other systems; `npm install` takes the same versions from it, and leaves the file alone.
 */
export async function installPackages() {
  const lock = await readJson(join(root, "package-lock.json"));
  const installed = await readJson(join(root, "node_modules", ".package-lock.json")).catch(() => null);
  if (isInstalled(lock, installed)) return;
  say("installing packages …");
  const flags = ["--include=dev", "--ignore-scripts", "--no-audit", "--no-fund"];
  await npm("npm ci", ["ci", ...flags, "--loglevel=silent"]).catch(() =>
    npm("npm install", ["install", "--no-save", ...flags, "--loglevel=error"]),
  );
}

/** Generates the Prisma client, when the schema changed. Generation needs no engine, so none is downloaded. */
export function generateClient() {
  return whenChanged({
    base: root,
    stamp: join(root, "lib", "db", "generated", ".stamp"),
    from: ["prisma/schema.prisma", "prisma.config.ts", "node_modules/prisma/package.json"],
    async job() {
      say("generating the database client …");
      const env = { PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, PRISMA_HIDE_UPDATE_MESSAGE: "1", CHECKPOINT_DISABLE: "1" };
      await mustRun("prisma generate", process.execPath, [join(root, "node_modules/prisma/build/index.js"), "generate"], { env });
    },
  });
}

/** Builds the pages, when what they are made from changed. */
export function buildPages() {
  return whenChanged({
    base: root,
    stamp: join(root, ".next", "sluice-stamp"),
    from: buildSources,
    async job() {
      say("building the pages …");
      const env = { NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" };
      await mustRun("next build", process.execPath, [join(root, "node_modules/next/dist/bin/next"), "build"], { env });
    },
  });
}
