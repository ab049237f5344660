import { describe, expect, it } from "vitest";
import { editInput } from "./edit-input.ts";

const now = "2026-11-26T12:00:00.000Z";
const input = { url: "https://a.test/", body: { order: 7, lines: [{ price: 1 }, { price: 2 }] } };
const edit = (path: string, value: unknown) => editInput(input, { path, value: value as never }, now);

describe("an edit of many inputs", () => {
  it("puts what its template gives of each item, and leaves the original as it is", () => {
    expect(edit("body.order", "{{ item.body.order + 1000 }}")).toEqual({ input: { ...input, body: { ...input.body, order: 1007 } } });
    expect(edit("url", "https://b.test/{{ item.body.order }}")).toMatchObject({ input: { url: "https://b.test/7" } });
    expect(edit("body.lines.1.price", 5)).toMatchObject({ input: { body: { lines: [{ price: 1 }, { price: 5 }] } } });
    expect(input.body.order).toBe(7);
  });

  it("may add a field, to what is there", () => {
    expect(edit("body.note", "by hand")).toMatchObject({ input: { body: { note: "by hand", order: 7 } } });
    expect(edit("headers.x", "1")).toEqual({ problem: "it has no headers.x: there is no headers" });
    expect(edit("body.lines.2", 1)).toEqual({ problem: "it has no body.lines.2" });
    expect(edit("body.order.id", 1)).toEqual({ problem: "it has no body.order.id" });
  });

  it("does not reach what every object inherits", () => {
    expect(edit("__proto__.polluted", true)).toEqual({ problem: "it has no __proto__.polluted: there is no __proto__" });
    expect(edit("body.__proto__", { polluted: true })).toHaveProperty("input");
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it("says what is wrong with its expression, item by item", () => {
    expect(edit("body.order", "{{ item.body.missing }}")).toHaveProperty("problem");
    expect(edit("body.order", "{{ item.body.order + }}")).toHaveProperty("problem");
  });
});
