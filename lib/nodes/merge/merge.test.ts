import { expect, test } from "vitest";
import { runNode } from "#lib/nodes/test-context.ts";
import { merge } from "./definition.ts";

test("gives what came in, by the node it came from", async () => {
  const incoming = { a: { total: 1 }, b: null };
  expect((await runNode("merge", {}, { incoming })).result).toEqual({ port: "out", output: incoming });
});

test("waits for all branches unless told otherwise", () => {
  expect(merge.join?.(merge.config.parse({}))).toBe("all");
  expect(merge.join?.(merge.config.parse({ mode: "any" }))).toBe("any");
  expect(merge.config.safeParse({ mode: "some" }).success).toBe(false);
});
