import { describe, expect, it } from "vitest";
import { searchTypes } from "./type-search.ts";

const found = (query: string, options = {}) => searchTypes(query, options).flatMap((group) => group.types.map((type) => type.type));

describe("searchTypes", () => {
  it("shows everything by category, triggers first", () => {
    expect(searchTypes("").map((group) => group.title)).toEqual(["Triggers", "Actions", "Data", "Logic"]);
  });

  it("finds by title before synonym before description", () => {
    expect(found("http")[0]).toBe("http-request");
    expect(found("http")).toContain("webhook");
  });

  it("finds by words people use for it", () => {
    expect(found("cron")[0]).toBe("schedule");
    expect(found("branch")[0]).toBe("if");
    expect(found("fetch")[0]).toBe("http-request");
  });

  it("needs every word", () => {
    expect(found("http zebra")).toEqual([]);
  });

  it("leaves out triggers where nothing may lead to them", () => {
    expect(found("", { canFollow: true })).not.toContain("webhook");
    expect(found("cron", { canFollow: true })).not.toContain("schedule");
  });
});
