import { expect, test } from "vitest";
import { anchorsOf, linksOf, missingNames, pathsOf, proofsOf } from "./checks.ts";

test("a link to a test file is a proof; other links are not", () => {
  const page = "See [one](../lib/a.test.ts), [group › two](../lib/b.test.tsx), [three](../e2e/c.spec.ts) and [the rest](../lib/a.ts).";
  expect(proofsOf(page)).toEqual([
    { file: "../lib/a.test.ts", names: ["one"] },
    { file: "../lib/b.test.tsx", names: ["group", "two"] },
    { file: "../e2e/c.spec.ts", names: ["three"] },
  ]);
});

test("a name is there only as the whole first argument of a call", () => {
  const source = 'describe("group", () => {\n  it.each(rows)(\n    "is (truly) there", async () => {});\n});\ntest("quite another", f);';
  expect(missingNames(["group", "is (truly) there", "quite another"], source)).toEqual([]);
  expect(missingNames(["another", "is", "group "], source)).toEqual(["another", "is", "group "]);
});

test("links to other sites and those in examples are left alone", () => {
  const page = "[a](b.md#c) [d](https://example.com) [e](#f)\n```\n[g](h)\n```\n`lib/x.ts` `lib/<type>/y.ts` `npm test`";
  expect(linksOf(page)).toEqual(["b.md#c", "#f"]);
  expect(pathsOf(page)).toEqual(["lib/x.ts"]);
});

test("anchors are made as GitHub makes them", () => {
  expect([...anchorsOf("# What happens when …\n\n## `kill -9`, then?\n\ntext")]).toEqual(["what-happens-when-", "kill--9-then"]);
});
