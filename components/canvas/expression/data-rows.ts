import { isJsonObject, type JsonValue } from "#lib/shared/json.ts";
import { oneLine } from "../one-line.ts";
import type { SampleScope } from "./sample-scope.ts";

/** One block of data a step can use: a step before it, the trigger, … */
export interface DataSource {
  title: string;
  /** Where the values come from: "last run", "example". */
  hint: string;
  path: string;
  value: JsonValue;
}

/** One line of the tree. */
export interface DataRow {
  path: string;
  name: string;
  value: JsonValue;
  /** 1 for a source. */
  level: number;
  childCount: number;
  open: boolean;
  source: DataSource | null;
  /** Entries of the row above that are not drawn yet; the row asks for them. */
  more: { of: string; left: number } | null;
}

/** How many entries of an object or list are drawn at first, and more each time they are asked for. */
export const pageSize = 50;

/** The data a step can use, the nearest step first. */
export function sourcesOf(sample: SampleScope, realHint: string): DataSource[] {
  const hint = (real: boolean) => (real ? realHint : "example");
  const steps = sample.steps.map(({ node, output, real }): DataSource => {
    return { title: node.name, hint: hint(real), path: `steps.${node.id}.output`, value: output };
  });
  const { trigger, vars, run, connection, item, index } = sample.scope;
  const ofLoop = index === undefined ? [] : [{ title: "Item of the loop", hint: `item ${index}`, path: "item", value: item ?? null }];
  return [
    ...ofLoop,
    ...steps,
    { title: "Trigger", hint: hint(sample.triggerIsReal), path: "trigger", value: trigger },
    ...(Object.keys(connection).length > 0 ? [{ title: "Connection", hint: "", path: "connection", value: connection }] : []),
    { title: "Instance", hint: "", path: "vars", value: vars },
    { title: "Run", hint: "", path: "run", value: run },
  ];
}

function childPath(path: string, key: string): string {
  return /^[A-Za-z_]\w*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
}

function childCount(value: JsonValue): number {
  if (Array.isArray(value)) return value.length;
  return isJsonObject(value) ? Object.keys(value).length : 0;
}

function childrenOf(value: JsonValue, path: string, limit: number): [name: string, path: string, value: JsonValue][] {
  if (Array.isArray(value)) return value.slice(0, limit).map((item, index) => [`[${index}]`, `${path}[${index}]`, item]);
  if (!isJsonObject(value)) return [];
  const entries = Object.entries(value).slice(0, limit);
  return entries.map(([key, child]) => [key, childPath(path, key), child]);
}

/** What is unfolded, and of which rows more than the first page is drawn. */
export interface TreeState {
  open: ReadonlySet<string>;
  shown: ReadonlyMap<string, number>;
}

/** The lines to draw. Only what is unfolded is looked at, so that a large payload costs nothing until somebody opens it. */
export function dataRows(sources: readonly DataSource[], state: TreeState): DataRow[] {
  const rows: DataRow[] = [];
  const add = (name: string, path: string, value: JsonValue, level: number, source: DataSource | null): void => {
    const count = childCount(value);
    const open = count > 0 && state.open.has(path);
    rows.push({ path, name, value, level, childCount: count, open, source, more: null });
    if (!open) return;
    const limit = state.shown.get(path) ?? pageSize;
    for (const [key, at, child] of childrenOf(value, path, limit)) add(key, at, child, level + 1, null);
    if (count > limit)
      rows.push({
        ...{ path: `${path} …`, name: "", value: null, level: level + 1, childCount: 0, open: false, source: null },
        more: { of: path, left: count - limit },
      });
  };
  for (const source of sources) add(source.title, source.path, source.value, 1, source);
  return rows;
}

const maxLooked = 5_000;
const maxFound = 60;

/** Lines whose name or value holds a text, as one flat list; data beyond the first thousands of values is not looked through. */
export function searchRows(sources: readonly DataSource[], text: string): DataRow[] {
  const wanted = text.trim().toLowerCase();
  const found: DataRow[] = [];
  let looked = 0;
  const look = (name: string, path: string, value: JsonValue): void => {
    looked += 1;
    if (looked > maxLooked || found.length >= maxFound) return;
    const count = childCount(value);
    const isLeaf = count === 0;
    if (name.toLowerCase().includes(wanted) || (isLeaf && oneLine(value, 200).toLowerCase().includes(wanted)))
      found.push({ path, name: path, value, level: 1, childCount: 0, open: false, source: null, more: null });
    for (const [key, at, child] of childrenOf(value, path, maxLooked)) look(key, at, child);
  };
  for (const { path, value } of sources) for (const [key, at, child] of childrenOf(value, path, maxLooked)) look(key, at, child);
  return found;
}

/** A value as the tree shows it beside its name. */
export function valueText(value: JsonValue): string {
  if (Array.isArray(value)) return value.length === 1 ? "1 item" : `${value.length} items`;
  if (isJsonObject(value)) {
    const names = Object.keys(value);
    return names.length === 0 ? "{}" : `{ ${names.slice(0, 4).join(", ")}${names.length > 4 ? ", …" : ""} }`;
  }
  return oneLine(value, 120);
}

export type TreeMove = { do: "go"; to: number } | { do: "fold"; open: boolean } | { do: "use" };

/** What a key does on a line of the tree; null: nothing. */
export function treeMove(key: string, rows: readonly DataRow[], index: number): TreeMove | null {
  const row = rows[index];
  if (row === undefined) return null;
  switch (key) {
    case "ArrowDown":
      return { do: "go", to: index + 1 };
    case "ArrowUp":
      return { do: "go", to: index - 1 };
    case "Home":
      return { do: "go", to: 0 };
    case "End":
      return { do: "go", to: rows.length - 1 };
    case "ArrowRight":
      return row.childCount > 0 && !row.open ? { do: "fold", open: true } : { do: "go", to: index + 1 };
    case "ArrowLeft":
      return row.open ? { do: "fold", open: false } : { do: "go", to: parentOf(rows, index) };
    case "Enter":
    case " ":
      return { do: "use" };
    default:
      return null;
  }
}

function parentOf(rows: readonly DataRow[], index: number): number {
  const level = rows[index]?.level ?? 1;
  const parent = rows.slice(0, index).findLastIndex((row) => row.level < level);
  return parent === -1 ? index : parent;
}
