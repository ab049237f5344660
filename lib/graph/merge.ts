import type { JsonValue } from "#lib/shared/json.ts";
import { isJsonObject, own } from "#lib/shared/json.ts";
import type { WorkflowDocument, WorkflowEdge } from "./document.ts";

export type Side = "mine" | "theirs";

/** A place that both sides changed, each to something else: a person decides. Null stands for "not there". */
export interface Collision {
  /** Names the place, for the decision: `node give config.values`. */
  key: string;
  /** The node it is about; null for the workflow as a whole and its notes. */
  nodeId: string | null;
  /** `name`, `config.url`; empty when one side deleted what the other changed. */
  field: string;
  mine: JsonValue;
  theirs: JsonValue;
}

export interface Merged {
  document: WorkflowDocument;
  collisions: Collision[];
}

interface Sides<T> {
  base: T;
  mine: T;
  theirs: T;
}

/** One value on the three sides. `root` tells the part of the document it belongs to. */
interface Place extends Sides<JsonValue> {
  root: string;
  nodeId: string | null;
  field: string;
}

/**
 * Joins two drafts that began as one. What only one side changed is taken over from it; where both changed the same place,
 * `decide` says whose it is. Places on the canvas are not worth a question: mine stay.
 */
export function mergeDocuments(sides: Sides<WorkflowDocument>, decide: (key: string) => Side = () => "mine"): Merged {
  const collisions: Collision[] = [];
  const settle = (a: Place): JsonValue => {
    if (equal(a.mine, a.theirs) || equal(a.base, a.theirs)) return a.mine;
    if (equal(a.base, a.mine)) return a.theirs;
    if (a.field.startsWith("position")) return a.mine;
    const key = [a.root, a.field].filter((part) => part !== "").join(" ");
    collisions.push({ key, nodeId: a.nodeId, field: a.field, mine: a.mine, theirs: a.theirs });
    return decide(key) === "mine" ? a.mine : a.theirs;
  };
  const inside = (a: Place, depth: number): JsonValue => {
    const { base, mine, theirs } = a;
    if (depth === 0 || !isJsonObject(mine) || !isJsonObject(theirs)) return settle(a);
    const keys = new Set([...Object.keys(theirs), ...Object.keys(mine)]);
    const entries = [...keys].map((key): [string, JsonValue] => {
      const sub = { base: own(base, key) ?? null, mine: own(mine, key) ?? null, theirs: own(theirs, key) ?? null };
      const field = a.field === "" ? key : `${a.field}.${key}`;
      return [key, inside({ ...sub, root: a.root, nodeId: a.nodeId, field }, depth - 1)];
    });
    // A key that one side took away reads as null on it; a null that both sides wrote stays.
    return Object.fromEntries(entries.filter(([key, value]) => value !== null || own(mine, key) === null || own(theirs, key) === null));
  };
  const list = (kind: "node" | "note", get: (document: WorkflowDocument) => readonly { id: string }[]): JsonValue[] => {
    const at = mapSides(sides, (document) => new Map(get(document).map((entry) => [entry.id, asJson(entry)])));
    const ids = new Set([...at.theirs.keys(), ...at.mine.keys()]);
    return [...ids].flatMap((id) => {
      const three = mapSides(at, (entries) => entries.get(id) ?? null);
      const whole = { ...three, root: `${kind} ${id}`, nodeId: kind === "node" ? id : null, field: "" };
      const value = inside(whole, kind === "node" ? nodeDepth : 0);
      return value === null ? [] : [value];
    });
  };
  const nodes = list("node", (document) => document.nodes);
  const notes = list("note", (document) => document.stickyNotes ?? []);
  const settings = inside({ ...mapSides(sides, ({ settings }) => asJson(settings)), root: "settings", nodeId: null, field: "" }, 1);
  const testing = inside({ ...mapSides(sides, ({ testing }) => asJson(testing ?? {})), root: "tests", nodeId: null, field: "" }, 2);
  const document = {
    schemaVersion: 1,
    nodes,
    edges: mergeEdges(sides, new Set(nodes.map((node) => own(node, "id")))),
    settings,
    ...(notes.length === 0 ? {} : { stickyNotes: notes }),
    ...(isJsonObject(testing) && Object.keys(testing).length > 0 ? { testing } : {}),
  };
  // Safe because every part is whole from one side, or an object of which both sides have the shape.
  return { document: document as unknown as WorkflowDocument, collisions };
}

/** Down to `config.url` and `policy.retry`: deeper parts hang together. */
const nodeDepth = 2;

/** A wire stays unless one side cut it, and is there when one side drew it; none may end in nothing. */
function mergeEdges({ base, mine, theirs }: Sides<WorkflowDocument>, nodeIds: ReadonlySet<unknown>): WorkflowEdge[] {
  const wire = (edge: WorkflowEdge): string => JSON.stringify([edge.source, edge.sourcePort, edge.target]);
  const known = new Set(base.edges.map(wire));
  const [ours, others] = [new Set(mine.edges.map(wire)), new Set(theirs.edges.map(wire))];
  const kept = theirs.edges.filter((edge) => ours.has(wire(edge)) || !known.has(wire(edge)));
  const added = mine.edges.filter((edge) => !others.has(wire(edge)) && !known.has(wire(edge)));
  return [...kept, ...added].filter((edge) => nodeIds.has(edge.source) && nodeIds.has(edge.target));
}

function mapSides<T, R>(sides: Sides<T>, map: (side: T) => R): Sides<R> {
  return { base: map(sides.base), mine: map(sides.mine), theirs: map(sides.theirs) };
}

/** Through JSON, so that `undefined` and an absent key are the same. */
function asJson(value: object): JsonValue {
  const copy: JsonValue = JSON.parse(JSON.stringify(value));
  return copy;
}

function equal(a: JsonValue, b: JsonValue): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, entry]) => [key, sorted(entry)]),
  );
}
