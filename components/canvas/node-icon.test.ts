import { expect, it } from "vitest";
import { nodeIcons } from "./node-icon.tsx";
import { allTypes } from "./palette/type-search.ts";

it("knows the icon of every node type", () => {
  const unknown = allTypes().filter((definition) => nodeIcons[definition.icon] === undefined);
  expect(unknown.map((definition) => `${definition.type}: add ${definition.icon} to components/canvas/node-icon.tsx`)).toEqual([]);
});
