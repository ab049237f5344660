import { parseArgs } from "node:util";
import { buildPages } from "../bootstrap/prepare.mjs";
import { root } from "../bootstrap/run.mjs";
import budgets from "./bundle-budgets.json" with { type: "json" };
import { judgeBundles, readBundleSizes, toBundleTable } from "./bundle-sizes.ts";

/* npm run bundles: what each page loads, next to its budget. `--quiet` prints only when a page is over it. */
const { values } = parseArgs({ options: { quiet: { type: "boolean", default: false } } });
await buildPages();
const rows = judgeBundles(await readBundleSizes(root), budgets);
const isOver = rows.some(({ fault }) => fault !== null);
if (isOver || !values.quiet) console.log(toBundleTable(rows));
if (isOver)
  console.log(
    "JavaScript of the first load, gzip. Make what is heavy a lazy part (components/ui/lazy.tsx); budgets: bin/dev/bundle-budgets.json",
  );
process.exitCode = isOver ? 1 : 0;
