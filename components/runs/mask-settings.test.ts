import { expect, it } from "vitest";
import { maskHeaders } from "./mask-settings.ts";

it("headers that carry secrets are hidden wherever they are, others are not", () => {
  const config = { url: "https://x", headers: { Authorization: "Bearer a", Cookie: "b", "x-api-key": "c", accept: "text/plain" } };
  expect(maskHeaders({ nodes: [{ config }] })).toEqual({
    nodes: [
      {
        config: {
          url: "https://x",
          headers: { Authorization: "[hidden]", Cookie: "[hidden]", "x-api-key": "[hidden]", accept: "text/plain" },
        },
      },
    ],
  });
});

it("what is no header stays as it is", () => {
  expect(maskHeaders({ token: "a", list: [1, null, "x"] })).toEqual({ token: "a", list: [1, null, "x"] });
});
