import { expect, test } from "vitest";
import { documentOf } from "#lib/graph/test-documents.ts";
import { validateDocument } from "#lib/graph/validate.ts";
import { runNode } from "#lib/nodes/test-context.ts";
import { switchNode } from "./definition.ts";

const cases = [
  { name: "large", condition: "trigger.body.total > 100" },
  { name: "some", condition: "trigger.body.total > 0" },
];

test("takes the first case that is true, else the default", async () => {
  expect((await runNode("switch", { cases }, { body: { total: 101 } })).result).toEqual({ port: "large", output: { case: "large" } });
  expect((await runNode("switch", { cases }, { body: { total: 5 } })).result.port).toBe("some");
  expect((await runNode("switch", { cases }, { body: { total: 0 } })).result.port).toBe("default");
});

test("conditions behind the one that is true are not asked", async () => {
  const broken = [...cases, { name: "never", condition: "trigger.body.missing.field > 1" }];
  expect((await runNode("switch", { cases: broken }, { body: { total: 5 } })).result.port).toBe("some");
});

test("without a default output, what meets no case is a validation failure", async () => {
  await expect(runNode("switch", { cases, default: false }, { body: { total: 0 } })).rejects.toMatchObject({
    failureClass: "validation",
    code: "no_case",
  });
});

test("a condition that is neither true nor false is named", async () => {
  const unclear = [{ name: "odd", condition: "trigger.body.total" }];
  await expect(runNode("switch", { cases: unclear }, { body: { total: 1 } })).rejects.toMatchObject({
    code: "condition_not_boolean",
    message: expect.stringContaining("odd"),
  });
});

test("a person may choose another case for a redrive, of those there are", async () => {
  expect((await runNode("switch", { cases }, { input: { case: "some" } })).result.port).toBe("some");
  await expect(runNode("switch", { cases }, { input: { case: "nope" } })).rejects.toMatchObject({ code: "case_unknown" });
  await expect(runNode("switch", { cases, default: false }, { input: { case: "default" } })).rejects.toMatchObject({
    code: "case_unknown",
  });
});

test("each case is an output, and default is one unless it is switched off", () => {
  const names = (config: object) => switchNode.ports(switchNode.config.parse(config)).map(({ name }) => name);
  expect(names({ cases })).toEqual(["large", "some", "default"]);
  expect(names({ cases, default: false })).toEqual(["large", "some"]);
});

test.each([
  ["no case", []],
  ["too many", Array.from({ length: 21 }, (_, index) => ({ name: `c${index}`, condition: "true" }))],
  ["a name twice", [cases[0], cases[0]]],
  ["the name of another output", [{ name: "default", condition: "true" }]],
  ["a failure's name", [{ name: "error", condition: "true" }]],
  ["a name with dots", [{ name: "a.b", condition: "true" }]],
  ["an empty condition", [{ name: "a", condition: "" }]],
])("%s is refused", (_, wrong) => {
  expect(switchNode.config.safeParse({ cases: wrong }).success).toBe(false);
});

test("a condition that cannot be read is shown at its place", () => {
  const document = documentOf([
    { id: "n1", type: "manual" },
    { id: "n2", type: "switch", config: { cases: [{ name: "a", condition: "trigger.body. >" }] } },
  ]);
  expect(validateDocument(document)).toContainEqual(expect.objectContaining({ path: "nodes.1.config.cases.0.condition", nodeId: "n2" }));
});
