import { expect, it } from "vitest";
import { addressOf, filtersOf, isEdited } from "./saved-view-address.ts";

it("keeps the filters of an address, without what belongs to one look only", () => {
  expect(filtersOf("status=failed&peek=1&live=off&last=24h&saved=2")).toBe("last=24h&status=failed");
});

it("knows an edited view whatever the order of its filters", () => {
  const view = { id: "v", search: "status=failed&last=24h" };
  expect(isEdited(view, filtersOf("last=24h&status=failed&saved=v"))).toBe(false);
  expect(isEdited(view, filtersOf("last=7d&status=failed&saved=v"))).toBe(true);
});

it("opens a view by its own address, with filters or without", () => {
  expect(addressOf({ id: "v", search: "status=failed" })).toBe("/runs?status=failed&saved=v");
  expect(addressOf({ id: "v", search: "" })).toBe("/runs?saved=v");
});
