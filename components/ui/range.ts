/** What lies between two of a list, both ends with it; the second alone when the first is not there. */
export function rangeOf<T>(list: readonly T[], from: T | null, to: T): T[] {
  const start = from === null ? -1 : list.indexOf(from);
  const end = list.indexOf(to);
  if (start === -1 || end === -1) return [to];
  return list.slice(Math.min(start, end), Math.max(start, end) + 1);
}
