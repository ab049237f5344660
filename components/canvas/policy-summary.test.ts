import { expect, test } from "vitest";
import { keyText } from "./policy-summary.ts";

test.each([
  ["{{ trigger.body.order.id }}", "order.id"],
  ["trigger.body.repository", "repository"],
  ["order-{{ steps.check.output.id }}", "order-{id}"],
  ["{{ run.id }}-{{ item.sku }}", "{run.id}-{item.sku}"],
])("the key %s is told as %s on the canvas", (key, told) => {
  expect(keyText(key)).toBe(told);
});
