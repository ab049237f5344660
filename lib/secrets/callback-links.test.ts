import fc from "fast-check";
import { expect, test } from "vitest";
import { newId } from "#lib/shared/ids.ts";
import { CallbackLinks } from "./callback-links.ts";

const links = new CallbackLinks({ secretKey: Buffer.alloc(32, 1), baseUrl: "https://sluice.example" });
const step = { workspaceId: newId(), runId: newId(), nodeId: "wait", iteration: "17/3" };

test("a token stands for the step it was made for, and is the same each time", () => {
  expect(links.url(step)).toBe(`https://sluice.example/callbacks/${links.token(step)}`);
  expect(links.read(links.token(step))).toEqual(step);
  expect(links.token(step)).toBe(links.token({ ...step }));
});

test("each run, node and iteration has a token of its own", () => {
  const others = [
    step,
    { ...step, runId: newId() },
    { ...step, nodeId: "wait2" },
    { ...step, iteration: "17" },
    { ...step, workspaceId: newId() },
  ];
  expect(new Set(others.map((other) => links.token(other))).size).toBe(others.length);
});

test("a token of another instance, or one that was changed anywhere, is none", () => {
  const elsewhere = new CallbackLinks({ secretKey: Buffer.alloc(32, 2), baseUrl: "https://sluice.example" });
  expect(links.read(elsewhere.token(step))).toBeNull();
  const bytes = Buffer.from(links.token(step), "base64url");
  for (let at = 0; at < bytes.length; at++) {
    const changed = Buffer.from(bytes);
    changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
    expect(links.read(changed.toString("base64url")), `byte ${at}`).toBeNull();
  }
});

test("whatever is sent, reading it does not throw, and a second spelling is no token", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 500 }), (text) => {
      expect(links.read(text)).toBeNull();
    }),
  );
  const token = links.token(step);
  for (const spelling of [`${token}=`, `${token}A`, ` ${token}`, token.slice(0, -1), `${token}\n`]) expect(links.read(spelling)).toBeNull();
});
