import { expect, it } from "vitest";
import * as z from "zod";
import { plainMessage } from "./plain-message.ts";

function messageFor(schema: z.ZodType, value: unknown): string {
  return plainMessage(schema.safeParse(value).error?.issues[0]?.message ?? "");
}

it("says what zod says in plain words", () => {
  expect(messageFor(z.int().max(100), 999)).toBe("must be at most 100");
  expect(messageFor(z.int().min(1), 0)).toBe("must be at least 1");
  expect(messageFor(z.number().gt(0), 0)).toBe("must be more than 0");
  expect(messageFor(z.int(), "ninety")).toBe("must be a number");
  expect(messageFor(z.int(), 1.5)).toBe("must be a whole number");
  expect(messageFor(z.string().min(1), "")).toBe("must not be empty");
  expect(messageFor(z.object({ a: z.string() }), {})).toBe("is missing");
  expect(messageFor(z.array(z.string()).min(1), [])).toBe("needs at least 1");
  expect(messageFor(z.string(), 5)).toBe("must be string, not number");
  expect(messageFor(z.enum(["a", "b"]), "c")).toBe('must be one of "a"|"b"');
});

it("leaves other messages alone", () => {
  expect(plainMessage("the address must start with https:// or http://")).toBe("the address must start with https:// or http://");
});
