import { describe, expect, it } from "vitest";
import { refusalOf } from "./connection-rules.ts";
import { graph } from "./graph-fixture.ts";

const document = graph({ hook: "webhook", check: "if", call: "http-request", log: "set" }, [
  "hook > check",
  "check:true > call",
  "call > log",
]);

describe("refusalOf", () => {
  it("allows a new wire between two steps", () => {
    expect(refusalOf(document, { source: "check", sourcePort: "false", target: "log" })).toBeNull();
  });

  it("allows a second wire from another output to the same step", () => {
    expect(refusalOf(document, { source: "call", sourcePort: "error", target: "log" })).toBeNull();
  });

  it("refuses the same wire twice", () => {
    expect(refusalOf(document, { source: "call", sourcePort: "out", target: "log" })).toMatch(/already connected/);
  });

  it("refuses a step leading to itself", () => {
    expect(refusalOf(document, { source: "call", sourcePort: "error", target: "call" })).toMatch(/itself/);
  });

  it("refuses a loop and names both steps", () => {
    expect(refusalOf(document, { source: "log", sourcePort: "out", target: "check" })).toBe(
      "This would be a loop: check already leads to log",
    );
  });

  it("refuses to lead into a trigger", () => {
    expect(refusalOf(document, { source: "log", sourcePort: "out", target: "hook" })).toMatch(/trigger/);
  });

  it("refuses an output the step does not have", () => {
    expect(refusalOf(document, { source: "log", sourcePort: "true", target: "call" })).toMatch(/no output/);
  });

  it("refuses steps that are gone", () => {
    expect(refusalOf(document, { source: "log", sourcePort: "out", target: "ghost" })).toMatch(/no longer exists/);
  });

  it("lets an edge that is being moved reverse itself", () => {
    const wire = { source: "log", sourcePort: "out", target: "call" };
    expect(refusalOf(document, wire)).toMatch(/loop/);
    expect(refusalOf(document, wire, "e_call_log")).toBeNull();
  });
});
