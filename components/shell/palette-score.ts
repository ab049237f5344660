import { defaultFilter } from "cmdk";

const shortestId = 4;

/**
 * How well a line of the palette answers what is typed, from 0 (not at all) to 1: first names that begin with it, then those with
 * words that do, then those that hold it; letters strewn over a name come last, however good a fuzzy search finds them. An id is
 * found by a stretch of it.
 */
export function paletteScore(name: string, id: string, search: string): number {
  const [told, typed] = [name.toLowerCase(), search.trim().toLowerCase()];
  const loose = defaultFilter(told, typed, []);
  const byId = typed.length >= shortestId && id.toLowerCase().includes(typed) ? 0.5 : 0;
  return Math.max(byId, levelOf(told, typed) + loose / 10);
}

function levelOf(name: string, typed: string): number {
  if (name.startsWith(typed)) return 0.9;
  const words = name.split(/[^\p{L}\p{N}]+/u);
  if (typed.split(/\s+/).every((part) => words.some((word) => word.startsWith(part)))) return 0.7;
  return name.includes(typed) ? 0.5 : 0;
}
