/** What this needs to know of a node of the tree that Markdown becomes. */
interface Node {
  type: string;
  tagName?: string;
  value?: string;
  properties?: object;
  children?: Node[];
}

// What ends a sentence is no part of the address in it.
const address = /https?:\/\/[^\s<>"'`]*[^\s<>"'`.,;:!?)\]]/gi;
const opaque = ["a", "code", "pre"];

/** A plugin of Markdown: addresses that are simply typed become links, too. */
export function linkAddresses() {
  return (tree: Node): void => link(tree);
}

function link(node: Node): void {
  if (!node.children) return;
  node.children = node.children.flatMap((child) => {
    if (child.type === "text") return parts(child.value ?? "");
    if (!opaque.includes(child.tagName ?? "")) link(child);
    return child;
  });
}

function parts(text: string): Node[] {
  const nodes: Node[] = [];
  let end = 0;
  for (const { 0: href, index } of text.matchAll(address)) {
    nodes.push({ type: "text", value: text.slice(end, index) });
    nodes.push({ type: "element", tagName: "a", properties: { href }, children: [{ type: "text", value: href }] });
    end = index + href.length;
  }
  return [...nodes, { type: "text", value: text.slice(end) }];
}
