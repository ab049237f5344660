import { expect, it } from "vitest";
import { replayReason } from "./replay-reason.ts";

const made = { isError: false, isPending: false, isPlaceholderData: false, data: { problems: [] } };

it("a replay waits for the plan of what is chosen now", () => {
  expect(replayReason(null, made)).toBeNull();
  expect(replayReason(null, { ...made, isPlaceholderData: true })).toBe("The plan is being made");
  expect(replayReason(null, { ...made, isError: true })).toBe("The plan could not be made");
  expect(replayReason(null, { ...made, data: { problems: ["nothing is live"] } })).toBe("nothing is live");
  expect(replayReason("Not valid JSON", made)).toBe("Not valid JSON");
});
