import { existsSync } from "node:fs";
import { join } from "node:path";
import { mustRun, root, run, say } from "./run.mjs";

const usual = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

async function playwrightsOwn() {
  const { chromium } = await import("@playwright/test");
  return chromium.executablePath();
}

/** Finds a Chromium for the browser tests, or installs one: from the system's packages when we may, else from Playwright. */
export async function findChromium() {
  const given = process.env.SLUICE_CHROMIUM;
  if (given !== undefined && given !== "") return given;
  const found = usual.find((path) => existsSync(path));
  if (found !== undefined) return found;
  const own = await playwrightsOwn();
  if (existsSync(own)) return own;

  say("installing a Chromium for the browser tests …");
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    const env = { DEBIAN_FRONTEND: "noninteractive" };
    await run("apt-get", ["update", "-q"], { env });
    await run("apt-get", ["install", "-y", "-q", "--no-install-recommends", "chromium", "fonts-liberation"], { env });
    if (existsSync("/usr/bin/chromium")) return "/usr/bin/chromium";
  }
  const cli = join(root, "node_modules", "@playwright", "test", "cli.js");
  await mustRun("playwright install chromium", process.execPath, [cli, "install", "chromium"]);
  return own;
}
