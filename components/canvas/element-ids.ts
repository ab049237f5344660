import type { WorkflowDocument } from "#lib/graph/document.ts";
import type { Random } from "#lib/shared/clock.ts";

const letters = "abcdefghijkmnpqrstuvwxyz23456789";
const suffixLength = 4;

function suffix(random: Random): string {
  let text = "";
  for (let i = 0; i < suffixLength; i++) text += letters[Math.floor(random() * letters.length)] ?? "a";
  return text;
}

/**
 * Makes ids no element of the document has, and none of the earlier calls got.
 *
 * Random rather than counted: idempotency records are kept per node id, so a new node that took the id of a
 * deleted one would find its calls already done.
 */
export function createIdMaker(document: WorkflowDocument, random: Random = Math.random): (base: string) => string {
  const taken = new Set([...document.nodes, ...document.edges, ...(document.stickyNotes ?? [])].map(({ id }) => id));
  return (base) => {
    const stem = base.replace(/[^A-Za-z0-9]+/g, "_").slice(0, 40);
    let id = `${stem}_${suffix(random)}`;
    while (taken.has(id)) id = `${stem}_${suffix(random)}`;
    taken.add(id);
    return id;
  };
}

/** `HTTP request`, then `HTTP request 2`: names are for people, who need to tell two apart. */
export function freeName(document: WorkflowDocument, wanted: string): string {
  const taken = new Set(document.nodes.map((node) => node.name));
  if (!taken.has(wanted)) return wanted;
  const stem = wanted.replace(/ \d+$/, "").slice(0, 110);
  let number = 2;
  while (taken.has(`${stem} ${number}`)) number += 1;
  return `${stem} ${number}`;
}
