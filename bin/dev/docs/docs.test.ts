import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { expect, test } from "vitest";
import { settingNames } from "#lib/shared/settings.ts";
import { unknownChecks } from "./browser-checks-page.ts";
import { anchorsOf, linksOf, missingNames, pathsOf, proofsOf } from "./checks.ts";
import { actingFolders, idleSettings, idleVariables } from "./not-yet.ts";
import { references } from "./references.ts";
import { outdatedReasons, unexplainedScenarios } from "./scenarios-page.ts";
import { settingTexts } from "./settings-page.ts";

const root = join(import.meta.dirname, "..", "..", "..");
const pages = [...(await readdir(root)), ...(await filesBelow("docs"))].filter((path) => path.endsWith(".md")).sort();

/** All files below a folder, as paths from the root; none when there is no such folder. */
async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

test.each(Object.entries(references))("%s is what the code says (if not: npm run docs)", async (path, render) => {
  expect(await readFile(join(root, path), "utf8")).toBe(await render());
});

test("every setting has its sentence, and no sentence is left over", () => {
  expect(Object.keys(settingTexts).sort()).toEqual([...settingNames].sort());
});

test.each(pages)("every proof in %s names a test that is there", async (page) => {
  for (const { file, names } of proofsOf(await readFile(join(root, page), "utf8"))) {
    const source = await readFile(join(root, dirname(page), file), "utf8");
    expect(missingNames(names, source), file).toEqual([]);
  }
});

test("what happens when something goes wrong is proven, each line by a test at least", async () => {
  const lines = (await readFile(join(root, "docs/what-happens-when.md"), "utf8"))
    .split("\n")
    .filter((line) => /^\| (?!---|What)/.test(line));
  expect(lines.length).toBeGreaterThan(20);
  expect(lines.filter((line) => proofsOf(line).length === 0)).toEqual([]);
});

test.each(pages)("every file, folder and heading that %s points to exists", async (page) => {
  const markdown = await readFile(join(root, page), "utf8");
  for (const target of linksOf(markdown)) {
    const [path = "", anchor] = target.split("#");
    const file = path === "" ? join(root, page) : join(root, dirname(page), path);
    expect(existsSync(file), target).toBe(true);
    if (anchor !== undefined) expect([...anchorsOf(await readFile(file, "utf8"))], target).toContain(anchor);
  }
  expect(pathsOf(markdown).filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test("every scenario is proven by a test that bears its number, or says why not (bin/dev/docs/scenario-reasons.ts)", async () => {
  expect(await unexplainedScenarios()).toEqual([]);
  expect(await outdatedReasons()).toEqual([]);
});

test("no browser test bears the number of a check that there is not (bin/dev/docs/browser-checks.ts)", async () => {
  expect(await unknownChecks()).toEqual([]);
});

async function sources(folders: readonly string[]): Promise<{ file: string; source: string }[]> {
  const found = (await Promise.all(folders.map(filesBelow))).flat();
  const files = found.filter((file) => /(?<!\.test)\.(ts|sql)$/.test(file) && !/generated|^bin.dev/.test(file));
  return Promise.all(files.map(async (file) => ({ file, source: await readFile(join(root, file), "utf8") })));
}

test("what the references call not acted on is read nowhere (if it is now: take it out of bin/dev/docs/not-yet.ts)", async () => {
  const acting = await sources(actingFolders);
  for (const { setting, sign } of idleSettings) {
    expect({ setting, readBy: acting.filter(({ source }) => sign.test(source)).map(({ file }) => file) }).toEqual({ setting, readBy: [] });
  }
  const readers = (await sources(["lib", "bin"])).filter(({ file }) => file !== join("lib", "shared", "settings.ts"));
  for (const [variable, sign] of Object.entries(idleVariables)) {
    expect({ variable, readBy: readers.filter(({ source }) => sign.test(source)).map(({ file }) => file) }).toEqual({
      variable,
      readBy: [],
    });
  }
});
