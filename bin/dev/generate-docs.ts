import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { references } from "./docs/references.ts";

// npm run docs: writes the references that are made from the code. A test fails while one of them is out of date.
const root = join(import.meta.dirname, "..", "..");
for (const [path, render] of Object.entries(references)) {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), await render());
  console.log(path);
}
