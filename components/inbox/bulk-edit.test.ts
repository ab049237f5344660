import { expect, it } from "vitest";
import { readEdit, textAt } from "./bulk-edit.ts";

it("reads a path and a value, JSON or the text itself", () => {
  expect(readEdit("", " ")).toEqual({ edit: null });
  expect(readEdit(" body.order ", "5")).toEqual({ edit: { path: "body.order", value: 5 } });
  expect(readEdit("body.note", "by hand")).toEqual({ edit: { path: "body.note", value: "by hand" } });
  expect(readEdit("body.order", "{{ item.body.order + 1 }}")).toEqual({ edit: { path: "body.order", value: "{{ item.body.order + 1 }}" } });
  expect(readEdit("", "5")).toHaveProperty("path");
  expect(readEdit("body..order", "5")).toHaveProperty("path");
  expect(readEdit("body.order", "")).toHaveProperty("value");
  expect(readEdit("body.order", '""')).toEqual({ edit: { path: "body.order", value: "" } });
});

it("shows what stands at a path", () => {
  expect(textAt({ body: { lines: [{ n: 1 }] } }, "body.lines.0")).toBe('{"n":1}');
  expect(textAt({ body: {} }, "body.order")).toBe("nothing");
  expect(textAt({}, "constructor")).toBe("nothing");
});
