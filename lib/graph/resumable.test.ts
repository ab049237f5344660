import { expect, test } from "vitest";
import { compileDocument } from "./compile.ts";
import { resumableFrom } from "./resumable.ts";
import { documentOf } from "./test-documents.ts";
import { validateDocument } from "./validate.ts";

const submit = (body: string) => ({
  id: "submit",
  type: "http-request",
  config: { method: "POST", url: "https://x.test", body: { callback: `{{ ${body} }}` } },
});

function problemsOf(
  expression: string,
  wires: string[],
  wait: { type: string; config?: Record<string, never> } = { type: "wait-for-callback" },
) {
  const document = documentOf(
    [
      { id: "start", type: "manual" },
      { id: "each", type: "for-each", config: { items: "{{ trigger.body.items }}" } },
      submit(expression),
      { id: "wait", ...wait },
    ],
    wires,
  );
  const { message } = validateDocument(document).find(({ path }) => path.includes("body.callback")) ?? { message: null };
  return { message, seen: resumableFrom(compileDocument(document))("submit") };
}

const inLoop = ["start -> each", "each:item -> submit", "submit -> wait"];
const outsideOfLoop = ["start -> submit", "submit -> each", "each:item -> wait"];

test("a link is seen from the same loop, with the part of the iteration that names its step", () => {
  expect(problemsOf("run.resumeUrls.wait", inLoop)).toEqual({ message: null, seen: [{ nodeId: "wait", depth: 1 }] });
  expect(problemsOf("run.resumeUrls.wait", ["start -> submit", "submit -> wait"])).toEqual({
    message: null,
    seen: [{ nodeId: "wait", depth: 0 }],
  });
});

test("from outside of its loop it is none, for there would be one for each item", () => {
  expect(problemsOf("run.resumeUrls.wait", outsideOfLoop).message).toMatch(/no step that waits for a call back/);
});

test("a node that waits for no call back has no link, and a near name is suggested", () => {
  expect(problemsOf("run.resumeUrls.wait", inLoop, { type: "merge" }).message).toMatch(/no step that waits/);
  expect(problemsOf("run.resumeUrls.wiat", inLoop).message).toMatch(/did you mean wait\?/);
});
