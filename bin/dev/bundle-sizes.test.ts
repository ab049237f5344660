import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { judgeBundles, readBundleSizes, toBundleTable } from "./bundle-sizes.ts";

test("a page above its budget, one without a budget and a budget without its page are faults", () => {
  const sizes = [
    { route: "/a", kb: 100 },
    { route: "/b", kb: 101 },
    { route: "/c", kb: 1 },
  ];
  const rows = judgeBundles(sizes, { "/a": 100, "/b": 100, "/gone": 5 });
  expect(rows.map(({ route, fault }) => [route, fault])).toEqual([
    ["/a", null],
    ["/b", "1 kB too much"],
    ["/c", "has no budget yet"],
    ["/gone", "is no page any more"],
  ]);
  expect(toBundleTable(rows)).toContain("! /b");
});

test("a page weighs what its scripts weigh compressed, each counted for each page that loads it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sluice-bundles-"));
  await mkdir(join(folder, ".next", "diagnostics"), { recursive: true });
  await writeFile(join(folder, ".next", "shared.js"), "x".repeat(1_000_000));
  await writeFile(join(folder, ".next", "own.js"), "y".repeat(9_000_000));
  const stats = [
    { route: "/small", firstLoadUncompressedJsBytes: 1, firstLoadChunkPaths: [".next/shared.js"] },
    { route: "/large", firstLoadUncompressedJsBytes: 2, firstLoadChunkPaths: [".next/shared.js", ".next/own.js"] },
  ];
  await writeFile(join(folder, ".next", "diagnostics", "route-bundle-stats.json"), JSON.stringify(stats));
  const sizes = await readBundleSizes(folder);
  expect(sizes.map(({ route }) => route)).toEqual(["/large", "/small"]);
  expect(sizes[0]?.kb).toBeLessThan(20);
  await rm(folder, { recursive: true });
});
