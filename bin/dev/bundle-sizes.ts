import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import * as z from "zod";

/** What a page makes a browser load before it does anything, in kB as the wire carries them. */
export interface BundleSize {
  route: string;
  kb: number;
}

export interface BundleRow extends BundleSize {
  budgetKb: number | null;
  /** What is to be done about it; null when nothing is. */
  fault: string | null;
}

const statsSchema = z.array(z.object({ route: z.string(), firstLoadChunkPaths: z.array(z.string()) }));

/** Reads what `next build` wrote of each page, largest first. */
export async function readBundleSizes(root: string): Promise<BundleSize[]> {
  const stats = statsSchema.parse(JSON.parse(await readFile(join(root, ".next", "diagnostics", "route-bundle-stats.json"), "utf8")));
  const paths = [...new Set(stats.flatMap(({ firstLoadChunkPaths }) => firstLoadChunkPaths))];
  const bytes = new Map(await Promise.all(paths.map(async (path) => [path, gzipSync(await readFile(join(root, path))).length] as const)));
  return stats
    .map(({ route, firstLoadChunkPaths }) => ({
      route,
      kb: Math.round(firstLoadChunkPaths.reduce((sum, path) => sum + (bytes.get(path) ?? 0), 0) / 1_000),
    }))
    .toSorted((a, b) => b.kb - a.kb);
}

/** Holds each page to its budget. A page without one, and a budget without its page, are faults too. */
export function judgeBundles(sizes: BundleSize[], budgets: Record<string, number>): BundleRow[] {
  const pages = sizes.map(({ route, kb }): BundleRow => {
    const budgetKb = budgets[route] ?? null;
    if (budgetKb === null) return { route, kb, budgetKb, fault: "has no budget yet" };
    return { route, kb, budgetKb, fault: kb > budgetKb ? `${kb - budgetKb} kB too much` : null };
  });
  const built = new Set(sizes.map(({ route }) => route));
  const gone = Object.entries(budgets).filter(([route]) => !built.has(route));
  return [...pages, ...gone.map(([route, budgetKb]) => ({ route, kb: 0, budgetKb, fault: "is no page any more" }))];
}

/** For people. */
export function toBundleTable(rows: BundleRow[]): string {
  const line = ({ route, kb, budgetKb, fault }: BundleRow) =>
    `${fault === null ? " " : "!"} ${route.padEnd(28)}${String(kb).padStart(6)} kB of ${String(budgetKb ?? "–").padStart(4)}${fault === null ? "" : `  ${fault}`}`;
  return rows.map(line).join("\n");
}
