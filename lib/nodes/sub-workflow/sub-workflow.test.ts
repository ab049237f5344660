import { expect, test } from "vitest";
import { failureOf, outcomeOf } from "#lib/nodes/test-context.ts";

const workflowId = "01890a5d-ac96-774b-bcce-b302099a8057";

test("asks the engine to run the workflow with the input worked out, and to wait unless told otherwise", async () => {
  const { input, outcome } = await outcomeOf("sub-workflow", { workflowId, input: { id: "{{ trigger.body.id }}" } }, { body: { id: 7 } });
  expect(input).toEqual({ input: { id: 7 } });
  expect(outcome).toEqual({ call: { workflowId, input: { id: 7 }, wait: true } });
  expect((await outcomeOf("sub-workflow", { workflowId, wait: false })).outcome).toEqual({
    call: { workflowId, input: null, wait: false },
  });
});

test("an input edited into something else is refused", async () => {
  expect(await failureOf(outcomeOf("sub-workflow", { workflowId }, { input: "text" }))).toMatchObject({ failureClass: "validation" });
});
