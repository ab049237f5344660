import { describe, expect, it } from "vitest";
import { parseJson } from "./parse-json.ts";

describe("parseJson", () => {
  it("reads any JSON value, null included", () => {
    expect(parseJson(' {"a": [1, null]} ')).toEqual({ value: { a: [1, null] } });
    expect(parseJson("null")).toEqual({ value: null });
  });

  it("names the line of the fault", () => {
    expect(parseJson('{\n  "a": 1,\n  b\n}')).toEqual({ error: "Not valid JSON (line 3)" });
  });

  it("asks for a value when there is none", () => {
    expect(parseJson("  ")).toEqual({ error: "Enter a JSON value" });
  });
});
