import { expect, it } from "vitest";
import { validateDocument } from "#lib/graph/validate.ts";
import { graph } from "../graph-fixture.ts";
import { setWorkflowSetting } from "./edit-settings.ts";

const document = graph({ a: "set" });

it("sets a setting of the workflow and takes it back to its default", () => {
  const limited = setWorkflowSetting(setWorkflowSetting(document, "concurrency", 3), "priority", "high");
  expect(limited.settings).toEqual({ ...document.settings, concurrency: 3, priority: "high" });
  expect(limited.nodes).toBe(document.nodes);
  const back = setWorkflowSetting(setWorkflowSetting(limited, "concurrency", undefined), "priority", undefined);
  expect(back.settings).toEqual(document.settings);
});

it("keeps a setting that is out of range: the problem list names it", () => {
  const wrong = setWorkflowSetting(document, "concurrency", "many");
  expect(wrong.settings.concurrency).toBe("many");
  expect(validateDocument(wrong)).toContainEqual(expect.objectContaining({ path: "settings.concurrency", severity: "error" }));
});
