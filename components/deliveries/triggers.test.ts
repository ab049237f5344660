import { expect, it } from "vitest";
import type { TriggerView } from "#lib/shared/api-types.ts";
import { deliveryTriggers } from "./triggers.ts";

const trigger = (nodeId: string, type: string): TriggerView => ({
  id: `id-${nodeId}`,
  nodeId,
  type,
  enabled: true,
  url: type === "webhook" ? `https://sluice.example/hooks/${nodeId}` : null,
  nextFireAt: null,
  poll: null,
});

it("names triggers as their nodes and leaves out the one that people start by hand", () => {
  const liveDocument = { nodes: [{ id: "a", name: "Push received" }, "no node", { id: "b" }] };
  const triggers = [trigger("a", "webhook"), trigger("b", "schedule"), trigger("c", "manual")];
  expect(deliveryTriggers({ triggers, liveDocument })).toEqual([
    { id: "id-a", name: "Push received", url: "https://sluice.example/hooks/a" },
    { id: "id-b", name: "b", url: null },
  ]);
});

it("gives none for a workflow that was never published", () => {
  expect(deliveryTriggers({ triggers: [], liveDocument: null })).toEqual([]);
});
