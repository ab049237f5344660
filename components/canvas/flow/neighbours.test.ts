import { describe, expect, it } from "vitest";
import { placeNodes } from "../commands/move-nodes.ts";
import { graph } from "../graph-fixture.ts";
import { neighbourOf } from "./neighbours.ts";

const wired = graph({ hook: "webhook", check: "if", no: "set", yes: "set", far: "set" }, [
  "hook > check",
  "check:false > no",
  "check:true > yes",
]);
const document = placeNodes(
  wired,
  new Map([
    ["hook", { x: 0, y: 0 }],
    ["check", { x: 320, y: 0 }],
    ["yes", { x: 640, y: -100 }],
    ["no", { x: 640, y: 100 }],
    ["far", { x: 300, y: 800 }],
  ]),
);

describe("neighbourOf", () => {
  it("follows the wires to the right, the first output first, and back to the left", () => {
    expect(neighbourOf(document, "check", "right")).toBe("yes");
    expect(neighbourOf(document, "no", "left")).toBe("check");
  });

  it("goes to the nearest node up and down", () => {
    expect(neighbourOf(document, "yes", "down")).toBe("no");
    expect(neighbourOf(document, "no", "up")).toBe("yes");
    expect(neighbourOf(document, "check", "down")).toBe("far");
  });

  it("stays where there is nothing", () => {
    expect(neighbourOf(document, "hook", "left")).toBeNull();
    expect(neighbourOf(document, "ghost", "left")).toBeNull();
  });
});
