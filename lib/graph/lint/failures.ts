import { getDefinition } from "#lib/nodes/registry.definitions.ts";
import type { WorkflowDocument, WorkflowNode } from "../document.ts";
import { activeNodes, type Finding, freeId, type LintRule, withNode } from "./rule.ts";

function takes(node: WorkflowNode): string {
  return node.policy.onFailure ?? getDefinition(node.type)?.policyDefaults.onFailure ?? "dead-letter";
}

export const silentFailure: LintRule = {
  id: "silent-failure",
  title: "A step that matters fails without anybody being told",
  why: "With «continue» the run goes on without the step's effect and ends well: nothing waits in the inbox and nobody looks. That is right for a nicety, and wrong for what the workflow is there for.",
  mend: "Put failures into the inbox",
  find: (compiled) =>
    activeNodes(compiled)
      .filter((node) => node.critical && takes(node) === "continue")
      .map((node) => ({
        node,
        field: "policy.onFailure",
        message: "this step is critical, but its failures are passed over: let them go to the inbox, or say that it is not critical",
        mend: (document) =>
          withNode(document, node.id, (one) => ({ ...one, policy: { ...one.policy, onFailure: "dead-letter" as const } })),
      })),
};

/** Types whose outputs split the items, so that one without an edge drops its share. */
const splitting = new Set(["if", "switch"]);

function stopBehind(document: WorkflowDocument, node: WorkflowNode, port: string): WorkflowDocument {
  const id = freeId(document, "stop");
  const reason = `${node.name}: nothing is to be done for ${port}`;
  const stop: WorkflowNode = {
    id,
    type: "stop-and-dead-letter",
    typeVersion: 1,
    name: `Ask about ${port}`,
    position: { x: node.position.x + 320, y: node.position.y + 160 },
    config: { reason, payload: "{{ trigger.body }}" },
    policy: {},
    connectionId: null,
    disabled: false,
    critical: true,
    notes: "",
  };
  const edge = { id: freeId(document, "edge"), source: node.id, sourcePort: port, target: id };
  return { ...document, nodes: [...document.nodes, stop], edges: [...document.edges, edge] };
}

export const droppedBranch: LintRule = {
  id: "dropped-branch",
  title: "A branch drops its items silently",
  why: "Where an output of an if or a switch leads nowhere, the run ends well and the item is gone. As a filter that is what one wants; as an oversight it is lost data that no list shows.",
  mend: "Send them to the inbox",
  find: (compiled) =>
    activeNodes(compiled).flatMap((node): Finding[] => {
      const definition = splitting.has(node.type) ? getDefinition(node.type) : undefined;
      const config = definition?.config.safeParse(node.config);
      if (!definition || !config?.success) return [];
      const led = new Set(compiled.outgoing.get(node.id)?.map((edge) => edge.sourcePort));
      // A node that leads nowhere at all is still being built.
      if (led.size === 0) return [];
      return definition
        .ports(config.data)
        .filter(({ name }) => !led.has(name))
        .map(({ name, label }) => ({
          node,
          field: `outputs.${name}`,
          message: `what goes to ${label} ends here and is not seen again: lead it somewhere, or turn the condition round if it is meant as a filter`,
          mend: (document: WorkflowDocument) => stopBehind(document, node, name),
        }));
    }),
};
