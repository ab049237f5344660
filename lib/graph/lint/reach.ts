import { activeNodes, type LintRule } from "./rule.ts";

export const unreachableNode: LintRule = {
  id: "unreachable-node",
  title: "A step that no trigger leads to",
  why: "Only what a trigger leads to, edge by edge, is ever run. A step left over from an earlier idea looks as if it were part of the workflow and is not.",
  mend: "Remove the step",
  find: (compiled) => {
    const reached = new Set(compiled.triggers.map((node) => node.id));
    for (const id of reached) for (const edge of compiled.outgoing.get(id) ?? []) reached.add(edge.target);
    return activeNodes(compiled)
      .filter((node) => !reached.has(node.id))
      .map((node) => ({
        node,
        field: "",
        message: "no trigger leads to this step, so it never runs",
        mend: (document) => ({
          ...document,
          nodes: document.nodes.filter(({ id }) => id !== node.id),
          edges: document.edges.filter(({ source, target }) => source !== node.id && target !== node.id),
        }),
      }));
  },
};
